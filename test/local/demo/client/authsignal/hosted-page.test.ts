import t from 'tap'
import {
  hostedPage,
  type OpenedWindow,
  type Windows,
} from '../../../../../local/demo/client/authsignal/hosted-page.ts'
import type { AuthsignalSdk } from '../../../../../local/demo/client/authsignal/sdk.ts'
import { later } from '../support.ts'
import { sdkThatAnswers } from './support.ts'

type LaunchOptions = { mode: string; onError?: (error: { errorCode?: string }) => void }

/** The SDK's launch in a browser with one window, both in the hands of the test. */
function pageSetup({ isBlocked = false } = {}) {
  const calls: string[] = []
  const left = later<{ token?: string }>()
  let options: LaunchOptions | undefined
  const opened = { closed: false, close: () => void calls.push('close window') }
  const launch = (url: string, given: LaunchOptions) => {
    calls.push(`${given.mode} ${url}`)
    options = given
    return left.promise
  }
  const sdk = { ...sdkThatAnswers({}), launch: launch as AuthsignalSdk['launch'] }
  const windows: Windows = {
    openedBy: <T>(act: () => T): { opened: OpenedWindow; result: T } | undefined =>
      isBlocked ? undefined : { opened, result: act() },
    closeDialog: () => (calls.push('close dialog'), left.settle({})),
  }
  const page = hostedPage(sdk, windows)
  const stop = new AbortController()
  const fail = (errorCode: string) => options?.onError?.({ errorCode })
  return { page, calls, left, opened, stop, fail }
}

t.test('goes there in place of the page', (t) => {
  const { page, calls } = pageSetup()
  page.goTo('https://x/?token=t')
  t.strictSame(calls, ['redirect https://x/?token=t'])
  t.end()
})

for (const mode of ['popup', 'window'] as const) {
  t.test(`${mode}: brings back whatever token the page gave`, async (t) => {
    const { page, left, stop } = pageSetup()
    const opening = page.open('u', mode, stop.signal)
    left.settle({ token: 'proof' })
    t.strictSame(await opening, { outcome: 'returned', token: 'proof' })
  })

  t.test(`${mode}: says what the page said went wrong`, async (t) => {
    const { page, left, stop, fail } = pageSetup()
    const opening = page.open('u', mode, stop.signal)
    fail('expired_token')
    left.settle({})
    t.strictSame(await opening, { outcome: 'expired' })
  })
}

t.test('a dialog that was closed brings nothing back', async (t) => {
  const { page, left, stop } = pageSetup()
  const opening = page.open('u', 'popup', stop.signal)
  left.settle({})
  t.strictSame(await opening, { outcome: 'closed' })
})

t.test('a dialog is closed when it is no longer wanted', async (t) => {
  const { page, calls, stop } = pageSetup()
  const opening = page.open('u', 'popup', stop.signal)
  stop.abort()
  t.strictSame(await opening, { outcome: 'closed' })
  t.strictSame(calls, ['popup u', 'close dialog'])
})

t.test('a window that the person closes is noticed, though the SDK says nothing', async (t) => {
  const { page, opened, stop } = pageSetup()
  const opening = page.open('u', 'window', stop.signal)
  opened.closed = true
  t.strictSame(await opening, { outcome: 'closed' })
})

t.test('a window is closed when it is no longer wanted', async (t) => {
  const { page, calls, stop } = pageSetup()
  const opening = page.open('u', 'window', stop.signal)
  stop.abort()
  t.strictSame(await opening, { outcome: 'closed' })
  t.strictSame(calls, ['window u', 'close window'])
})

t.test('says so when the browser lets no window open', async (t) => {
  const { page, stop } = pageSetup({ isBlocked: true })
  t.strictSame(await page.open('u', 'window', stop.signal), { outcome: 'blocked' })
})

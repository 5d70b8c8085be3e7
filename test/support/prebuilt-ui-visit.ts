import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { VerificationMethod, type UserActionState } from '@authsignal/node'
import type { Frame, Page } from 'playwright-core'
import type { TAP, Test } from 'tap'
import type { LocalAuthsignalOptions } from '../../local/authsignal/index.ts'
import { buildPrebuiltUi } from '../../local/authsignal/prebuilt-ui/build.ts'
import { startForTest, type TestAuthsignal } from '../local/authsignal/support.ts'
import { launchChromium } from './chromium.ts'
import { serveSdkPage } from './sdk-page.ts'

/** Where screenshots of what was seen are kept. */
export const SHOTS = 'artifacts/browser'
export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  window: { width: 400, height: 500 },
}
export const EMAIL = 'jane@example.com'
export const PHONE = '+6421123456'

export interface Visit extends TestAuthsignal {
  page: Page
  /** Tracks an action and answers where its page is. */
  track: (attributes?: object, action?: string) => Promise<{ token: string; url: string }>
  /** Tracks an action and opens its page, with more in its query if given. */
  open: (attributes?: object, more?: string) => Promise<{ token: string }>
  state: (token: string) => Promise<UserActionState | undefined>
}

type VisitOptions = Partial<LocalAuthsignalOptions> & { size?: keyof typeof SIZES }

export interface Visits {
  /** A tenant of its own, and a page in a browser of its own. */
  visit: (t: Test, options?: VisitOptions) => Promise<Visit>
  /** Where the app is, which launches the page and to which it goes back. */
  appOrigin: string
  /** Scripts that failed and policies that were broken, on any page. */
  complaints: readonly string[]
}

/** The stand-in's pre-built UI in a real Chromium. */
export async function prebuiltUiVisits(t: TAP): Promise<Visits> {
  const complaints: string[] = []
  await mkdir(SHOTS, { recursive: true })
  const browser = await launchChromium(t)
  const app = await serveSdkPage()
  const prebuiltUiDir = t.testdir()
  await buildPrebuiltUi(prebuiltUiDir)
  t.teardown(async () => {
    await browser.close()
    app.close()
  })

  async function pageFor(t: Test, size: keyof typeof SIZES): Promise<Page> {
    const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: 'reduce' })
    t.teardown(() => context.close())
    // A policy that is broken is told on the console.
    context.on('weberror', (error) => complaints.push(error.error().message))
    context.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
    })
    return context.newPage()
  }

  return {
    appOrigin: app.origin,
    complaints,
    async visit(t, { size = 'desktop', ...options } = {}) {
      const passkeys = { origins: [app.origin] }
      const test = await startForTest(t, { prebuiltUiDir, passkeys, ...options })
      const page = await pageFor(t, size)
      const track = (attributes = {}, action = 'transferFunds') => {
        const redirectUrl = `${app.origin}/back?order=7&note=a%20b#end`
        return test.server.track({
          userId: 'u1',
          action,
          attributes: { redirectUrl, ...attributes },
        })
      }
      return {
        ...test,
        page,
        track,
        async open(attributes, more = '') {
          const { token, url } = await track(attributes)
          await page.goto(url + more)
          return { token }
        },
        state: async (token) => (await test.server.validateChallenge({ token })).state,
      }
    },
  }
}

/** The token with which the page went back to the app. */
export async function returned(page: Page): Promise<string> {
  await page.waitForURL(({ pathname }) => pathname === '/back')
  return new URL(page.url()).searchParams.get('token') ?? 'no token'
}

export const heading = (page: Page | Frame, name: string | RegExp) =>
  page.getByRole('heading', { name })
export const press = (page: Page | Frame, name: string | RegExp) =>
  page.getByRole('button', { name }).click()
export const field = (page: Page | Frame, name = 'Six-digit code') => page.getByLabel(name)
export const shot = (page: Page, name: string) =>
  page.screenshot({ path: `${SHOTS}/prebuilt-ui-${name}.png`, fullPage: true })

/** The code of the message that the press of a button sends. */
export async function codeTo({ local, page }: Visit, address: string, after = 0): Promise<string> {
  for (let waits = 0; waits < 1_000; waits += 1) {
    const messages = local.messages(address)
    if (messages.length > after) return String(messages[0]?.code)
    await sleep(20)
  }
  throw new Error(`no message to ${address}; the page says: ${await page.textContent('body')}`)
}

export async function enrolPhone({ server }: Visit): Promise<void> {
  await server.enrollVerifiedAuthenticator({
    userId: 'u1',
    attributes: { verificationMethod: VerificationMethod.SMS, phoneNumber: PHONE },
  })
}

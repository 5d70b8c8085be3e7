import { mkdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { TAP, Test } from 'tap'
import { launchChromium } from './chromium.ts'
import { startDev } from './dev.ts'

const DEMO = 'http://localhost:3080'
const AUTHSIGNAL = 'http://localhost:9230'
const COGNITO = 'http://localhost:9229'
const SHOTS = 'artifacts/browser'

export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
}

/** The demo page in a real Chromium, against `npm run dev` as a newcomer runs it. */
export interface DemoBrowser {
  browser: Browser
  /** What no page should ever say: errors of scripts, breaches of the content security policy. */
  complaints: string[]
  open(t: Test, options?: BrowserContextOptions & { path?: string }): Promise<Page>
}

/** Skips the whole file where there is no Chromium. */
export async function startDemoBrowser(t: TAP): Promise<DemoBrowser> {
  t.jobs = 1
  await mkdir(SHOTS, { recursive: true })
  const browser = await launchChromium(t)
  const stop = await startDev()
  t.teardown(async () => {
    await browser.close()
    await stop()
  })
  const complaints: string[] = []
  return {
    browser,
    complaints,
    async open(t, { path = '/', ...options } = {}) {
      const context = await browser.newContext({
        viewport: SIZES.desktop,
        reducedMotion: 'reduce',
        ...options,
      })
      t.teardown(() => context.close())
      context.on('page', (page) => listen(page, complaints))
      const page = await context.newPage()
      await page.goto(`${DEMO}${path}`)
      return page
    },
  }
}

function listen(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && !text.startsWith('Failed to load')) complaints.push(text)
  })
}

/** Up to the code field. */
export async function askForCode(page: Page, address: string): Promise<void> {
  await page.getByLabel('Email or phone number').fill(address)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await codeField(page).waitFor()
}

export async function signIn(page: Page, address: string): Promise<void> {
  await askForCode(page, address)
  await codeField(page).fill(await codeFor(address))
  await welcomed(page)
}

/** Up to the list of the other ways. */
export async function askForAnother(page: Page, address: string): Promise<void> {
  await askForCode(page, address)
  await page.getByRole('button', { name: 'Try another way' }).click()
}

/** Signed in, and everything loaded. */
export async function welcomed(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Welcome' }).waitFor()
  await page.locator('#authenticator-list > li').first().waitFor()
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByText('You are signed out.').waitFor()
}

export function codeField(page: Page) {
  return page.locator('#code:visible')
}

/** A field that can be typed in says that the code is on its way. */
export async function codeSent(page: Page): Promise<void> {
  await page.locator('#code:not([readonly]):visible').waitFor()
}

interface Message {
  code?: string
  url?: string
}

/** The newest code sent there. */
export async function codeFor(address: string): Promise<string> {
  return (await newest(address, 'code')) ?? ''
}

/** The newest link sent there. */
export async function linkFor(address: string): Promise<string> {
  return (await newest(address, 'url')) ?? ''
}

/** The code sent there after so many messages, as soon as it is. */
export async function codeAfter(count: number, address: string): Promise<string> {
  while ((await messagesTo(address)).length <= count) await sleep(50)
  return codeFor(address)
}

export async function messagesTo(address: string): Promise<Message[]> {
  const response = await fetch(`${AUTHSIGNAL}/local/messages?to=${encodeURIComponent(address)}`)
  return (await response.json()) as Message[]
}

async function newest(address: string, what: keyof Message): Promise<string | undefined> {
  const messages = await messagesTo(address)
  const value = messages.find((message) => message[what] !== undefined)?.[what]
  if (value === undefined) throw new Error(`no message with a ${what} to ${address}`)
  return value
}

/** Signs in as if it had been so long ago. */
export async function signInMinutesAgo(page: Page, address: string, minutes: number) {
  await moveCognitoClock(-minutes)
  await signIn(page, address)
  await moveCognitoClock(minutes)
}

async function moveCognitoClock(minutes: number): Promise<void> {
  await sideDoor(`${COGNITO}/local/clock`, { advanceMs: minutes * 60_000 })
}

export async function addRule(rule: object): Promise<void> {
  await sideDoor(`${AUTHSIGNAL}/local/rules`, rule)
}

async function sideDoor(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}

/** Keeps what the page looks like, on a desktop and on a phone, under artifacts/browser. */
export async function shots(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    // Of an open dialog only what is in the window counts.
    const fullPage = (await page.locator('dialog[open]').count()) === 0
    await page.screenshot({ path: `${SHOTS}/demo-${name}-${size}.png`, fullPage })
  }
  await page.setViewportSize(SIZES.desktop)
}

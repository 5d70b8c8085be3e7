import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import type { TAP } from 'tap'

const PATH = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** A real Chromium that looks nothing up on the network; skips the whole file where there is none. */
export async function launchChromium(t: TAP): Promise<Browser> {
  if (!existsSync(PATH)) {
    t.plan(0, `no Chromium at ${PATH}; set CHROMIUM to its path`)
    process.exit(0)
  }
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

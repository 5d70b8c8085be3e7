import type { Verified } from '../api.ts'
import { ask } from '../ask.ts'
import { button, element, lead } from '../dom.ts'
import { iconOf } from '../icons.ts'
import type { Page } from '../page.ts'

export interface DeviceQuestion {
  method: 'PASSKEY' | 'SECURITY_KEY'
  purpose: 'use' | 'create'
  run: () => Promise<Verified>
  /** Right away, if the user has just asked for it: browsers want a click before. */
  startsNow: boolean
  back?: string | undefined
}

/** The token for what the device has signed; undefined for back. */
export function askDevice(page: Page, question: DeviceQuestion): Promise<string | undefined> {
  const { device } = page.texts
  const text = device[question.purpose][question.method]
  return ask<string | undefined>(page, text.heading, ({ alert, settle, attempt, choice }) => {
    const start = button(text.button, 'primary')
    const run = () =>
      attempt(start, async () => {
        start.textContent = device.waiting
        try {
          const { isVerified, accessToken } = await question.run()
          if (!isVerified || accessToken === undefined) return page.texts.complaints.unavailable
          settle(accessToken)
          return undefined
        } finally {
          start.textContent = text.button
        }
      })
    start.addEventListener('click', run)
    if (question.startsNow) run()
    const { back } = question
    return [
      lead(text.lead),
      element('div', { class: 'device' }, iconOf(question.method)),
      alert,
      start,
      back === undefined ? undefined : choice(back, 'quiet', () => settle(undefined)),
    ]
  })
}

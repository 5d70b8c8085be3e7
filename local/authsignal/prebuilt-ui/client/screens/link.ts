import type { ClientApi } from '../api.ts'
import { ask, type Step } from '../ask.ts'
import { element, lead } from '../dom.ts'
import { complaintOf } from '../failure.ts'
import type { Page } from '../page.ts'

export interface LinkQuestion {
  address: string
  send: () => Promise<unknown>
  /** Whether to begin by sending. */
  sendsNow?: boolean
  finalize: ClientApi['finalize']
  back?: string | undefined
}

const POLL_MS = 1_000

/** The token once the link has been confirmed, in whatever browser; undefined for back. */
export function waitForLink(page: Page, question: LinkQuestion): Promise<string | undefined> {
  const { texts } = page
  return ask<string | undefined>(page, texts.link.heading, (step) => {
    const { alert, status, settle, attempt } = step
    const waiting = element('p', { class: 'waiting' }, texts.link.waiting)
    const sendThen = (say: string) =>
      attempt(resend, async () => {
        await question.send()
        status.textContent = say
      })
    const resend = step.choice(texts.link.resend, 'quiet', () => sendThen(texts.link.resent))
    if (question.sendsNow) sendThen('')
    setTimeout(() => void poll(question, step), POLL_MS)
    const { back } = question
    return [
      lead(texts.link.lead(question.address)),
      waiting,
      alert,
      status,
      element(
        'div',
        { class: 'choices' },
        resend,
        back === undefined ? undefined : step.choice(back, 'quiet', () => settle(undefined)),
      ),
    ]
  })
}

/** Until there is an answer or the screen is gone. */
async function poll(question: LinkQuestion, step: Step<string | undefined>): Promise<void> {
  const { isOpen, settle, fail } = step
  while (isOpen()) {
    try {
      const { isVerified, accessToken } = await question.finalize()
      if (isVerified && accessToken !== undefined) settle(accessToken)
    } catch (error) {
      // A link that could not be sent and a network that comes back are worth waiting for.
      if (complaintOf(error) === undefined) fail(error)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

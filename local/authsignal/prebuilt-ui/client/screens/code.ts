import type { Verified } from '../api.ts'
import { ask, type Step } from '../ask.ts'
import { element, lead, type Child } from '../dom.ts'
import type { Page } from '../page.ts'

export interface CodeQuestion {
  heading: string
  lead: Child
  /** Above the field, such as a QR code. */
  content?: Child[]
  verify: (code: string) => Promise<Verified>
  /** Left out where nothing is sent. */
  send?: () => Promise<unknown>
  /** Whether to begin by sending. */
  sendsNow?: boolean
  /** The way out to the screen before. */
  back?: string | undefined
}

const LENGTH = 6

/** The token of a right code; undefined for back. */
export function askForCode(page: Page, question: CodeQuestion): Promise<string | undefined> {
  const { texts } = page
  return ask<string | undefined>(page, question.heading, (step) => {
    const { alert, status, settle, attempt } = step
    const field = codeField()
    const submit = element('button', { class: 'primary' }, texts.code.submit)
    const form = element(
      'form',
      { novalidate: '' },
      element('label', { for: 'code' }, texts.code.label),
      field,
      element('p', { class: 'hint', id: 'code-hint' }, texts.code.hint),
      alert,
      submit,
    )
    const check = () =>
      attempt(submit, async () => {
        const complaint = await whileLocked(field, () => checkCode(page, question, field, settle))
        submit.hidden = field.disabled
        field.ariaInvalid = String(complaint !== undefined)
        return complaint
      })
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (!field.disabled) check()
    })
    onceComplete(field, check)
    const { back } = question
    return [
      lead(question.lead),
      ...(question.content ?? []),
      form,
      status,
      element(
        'div',
        { class: 'choices' },
        sendButton(page, question, { field, submit }, step),
        back === undefined ? undefined : step.choice(back, 'quiet', () => settle(undefined)),
      ),
    ]
  })
}

async function checkCode(
  { texts }: Page,
  { verify }: CodeQuestion,
  field: HTMLInputElement,
  settle: (token: string) => void,
): Promise<string | undefined> {
  const { isVerified, accessToken, failureReason } = await verify(field.value)
  if (isVerified && accessToken !== undefined) {
    settle(accessToken)
    return undefined
  }
  if (failureReason === 'MAX_ATTEMPTS_EXCEEDED') {
    field.disabled = true
    return texts.code.tooMany
  }
  field.select()
  return texts.code.wrong
}

function sendButton(
  { texts }: Page,
  { send, sendsNow }: CodeQuestion,
  { field, submit }: { field: HTMLInputElement; submit: HTMLButtonElement },
  { attempt, status, choice }: Step<string | undefined>,
): HTMLButtonElement | undefined {
  if (!send) return undefined
  const sendThen = (say: string) =>
    attempt(resend, async () => {
      await whileLocked(field, send)
      status.textContent = say
      field.disabled = false
      submit.hidden = false
      field.value = ''
      field.ariaInvalid = 'false'
      field.focus()
    })
  const resend = choice(texts.code.resend, 'quiet', () => sendThen(texts.code.resent))
  if (sendsNow) sendThen('')
  return resend
}

function codeField(): HTMLInputElement {
  return element('input', {
    id: 'code',
    class: 'code',
    name: 'code',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    enterkeyhint: 'done',
    spellcheck: 'false',
    'data-first': '',
    'aria-describedby': 'code-hint',
  })
}

/** Nothing typed meanwhile may get lost. */
async function whileLocked<T>(field: HTMLInputElement, act: () => Promise<T>): Promise<T> {
  field.readOnly = true
  return act().finally(() => {
    field.readOnly = false
  })
}

/** Digits only, whatever was pasted; and checked when the last one is in, once for each code. */
function onceComplete(field: HTMLInputElement, act: () => void): void {
  let last = ''
  field.addEventListener('input', () => {
    const digits = field.value.replace(/\D/g, '').slice(0, LENGTH)
    if (field.value !== digits) field.value = digits
    if (digits.length === LENGTH && digits !== last) act()
    last = digits
  })
}

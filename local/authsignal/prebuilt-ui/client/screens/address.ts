import { ask } from '../ask.ts'
import { element, lead } from '../dom.ts'
import { complaintOf } from '../failure.ts'
import type { Page } from '../page.ts'

export interface AddressQuestion {
  kind: 'email' | 'phoneNumber'
  /** What the server side knows already. */
  value: string | undefined
  submit: string
  send: (address: string) => Promise<unknown>
}

/** The address that a code or link has gone to; undefined for back. */
export function askForAddress(page: Page, question: AddressQuestion): Promise<string | undefined> {
  const { texts } = page
  const text = texts.address[question.kind]
  return ask<string | undefined>(page, text.heading, ({ alert, settle, attempt, choice }) => {
    const field = addressField(question)
    const submit = element('button', { class: 'primary' }, question.submit)
    const form = element(
      'form',
      { novalidate: '' },
      element('label', { for: 'address' }, text.label),
      field,
      alert,
      submit,
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      attempt(submit, async () => {
        const address = addressOf(question.kind, field.value)
        const complaint = await complaintAbout(question.send(address))
        field.ariaInvalid = String(complaint !== undefined)
        if (complaint === undefined) settle(address)
        else field.select()
        return complaint && text.invalid
      })
    })
    return [lead(text.lead), form, choice(texts.back, 'quiet', () => settle(undefined))]
  })
}

/** Whether it is an address is for the API to say. */
async function complaintAbout(sending: Promise<unknown>): Promise<'invalidInput' | undefined> {
  try {
    await sending
    return undefined
  } catch (error) {
    if (complaintOf(error) !== 'invalidInput') throw error
    return 'invalidInput'
  }
}

/** People write phone numbers with spaces and the like. */
function addressOf(kind: AddressQuestion['kind'], typed: string): string {
  return kind === 'email' ? typed.trim() : typed.replace(/[\s().-]/g, '')
}

function addressField({ kind, value = '' }: AddressQuestion): HTMLInputElement {
  const attributes: Record<string, string> =
    kind === 'email'
      ? { type: 'email', autocomplete: 'email' }
      : { type: 'tel', autocomplete: 'tel' }
  return element('input', { id: 'address', name: kind, 'data-first': '', value, ...attributes })
}

import type { VerificationMethod } from '../../../store/verification-method.ts'
import { ask } from '../ask.ts'
import { drawing, element, lead } from '../dom.ts'
import { complaintOf } from '../failure.ts'
import { iconOf } from '../icons.ts'
import type { Page } from '../page.ts'

export interface Choice<Method extends VerificationMethod> {
  heading: string
  lead: string
  methods: readonly Method[]
  hintOf: (method: Method) => string
  /** What went wrong with the method chosen before. */
  failure?: unknown
  mayGoBack?: boolean
}

const CHEVRON = 'm9 5 7 7-7 7'

/** Which way to go; undefined for back. */
export function chooseMethod<Method extends VerificationMethod>(
  page: Page,
  choice: Choice<Method>,
): Promise<Method | undefined> {
  const { texts } = page
  return ask<Method | undefined>(page, choice.heading, ({ settle, alert, ...step }) => {
    const complaint = choice.failure === undefined ? undefined : complaintOf(choice.failure)
    if (complaint) alert.textContent = texts.complaints[complaint]
    const rows = choice.methods.map((method) => {
      const row = element(
        'button',
        { type: 'button', class: 'method' },
        iconOf(method),
        element(
          'span',
          {},
          element('span', { class: 'name' }, texts.methods[method].name),
          element('span', { class: 'hint' }, choice.hintOf(method)),
        ),
        drawing(CHEVRON),
      )
      row.addEventListener('click', () => settle(method))
      return element('li', {}, row)
    })
    return [
      lead(choice.lead),
      alert,
      element('ul', { class: 'methods' }, ...rows),
      choice.mayGoBack ? step.choice(texts.back, 'quiet', () => settle(undefined)) : undefined,
    ]
  })
}

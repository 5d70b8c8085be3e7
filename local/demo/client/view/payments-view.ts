import type { PaymentsState } from '../payments/payments.ts'
import { kindOf } from '../account/authenticator-name.ts'
import { complain, copyOf, focusAndSelect, onSubmit, part, setBusy, within, write } from './dom.ts'
import type { Words } from './words.ts'

/** The payment form and what has been paid. */
export class PaymentsView {
  readonly #words: Words
  readonly #parts: Parts
  #state: PaymentsState = { isBusy: false, done: [] }

  constructor(page: Document, words: Words, onPay: (amount: string) => void) {
    this.#words = words
    this.#parts = partsOf(page)
    const { form, amount } = this.#parts
    onSubmit(form, () => onPay(amount.value))
    words.onSwitch(() => this.#write())
    this.#write()
  }

  render(state: PaymentsState): void {
    const hadPaid = this.#state.done.length
    this.#state = state
    this.#write()
    const { amount } = this.#parts
    if (state.done.length !== hadPaid) amount.value = ''
    if (state.complaint?.isAboutField) focusAndSelect(amount)
  }

  #write(): void {
    const { isBusy, complaint, notice, done } = this.#state
    const { amount, error, status, pay, list, listHeading } = this.#parts
    const words = this.#words
    amount.readOnly = isBusy
    complain(words, error, complaint, amount)
    write(status, notice ? words.speak(notice) : '')
    setBusy(pay, isBusy, words.text(isBusy ? 'payment.busy' : 'payment.pay'))
    listHeading.hidden = done.length === 0
    list.replaceChildren(
      ...done.map((payment) => {
        const row = copyOf(this.#parts.rowTemplate)
        const { verificationMethod } = payment
        write(within(row, 'amount', HTMLElement), words.euros(payment.amount))
        const how = verificationMethod ? words.speak(kindOf(verificationMethod)) : ''
        write(within(row, 'how', HTMLElement), how)
        return row
      }),
    )
  }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    form: part(page, 'payment-form', HTMLFormElement),
    amount: part(page, 'payment-amount', HTMLInputElement),
    error: part(page, 'payment-error', HTMLElement),
    pay: part(page, 'payment-pay', HTMLButtonElement),
    status: part(page, 'payment-status', HTMLElement),
    listHeading: part(page, 'payment-list-heading', HTMLElement),
    list: part(page, 'payment-list', HTMLElement),
    rowTemplate: part(page, 'payment-template', HTMLTemplateElement),
  }
}

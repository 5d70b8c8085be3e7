/** The field for six digits. Codes get pasted with spaces and dashes; the sixth digit sends them off. */
export class CodeField {
  readonly input: HTMLInputElement
  #last = ''

  constructor(input: HTMLInputElement, onComplete: (code: string) => void) {
    this.input = input
    input.addEventListener('input', () => {
      const digits = input.value.replace(/\D/g, '').slice(0, 6)
      if (digits !== input.value) input.value = digits
      const isNew = digits.length === 6 && digits !== this.#last
      this.#last = digits
      if (isNew) onComplete(digits)
    })
  }

  empty(): void {
    this.input.value = ''
    this.#last = ''
  }
}

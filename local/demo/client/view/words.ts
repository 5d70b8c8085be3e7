import {
  inEuros,
  otherLanguage,
  speak,
  TABLES,
  type Language,
  type Message,
  type TextKey,
} from '../language/language.ts'

/** The voice of the page: everything that is written on it goes through here. */
export class Words {
  readonly #page: Document
  readonly #listeners: (() => void)[] = []
  #language: Language

  constructor(page: Document, language: Language) {
    this.#page = page
    this.#language = language
    this.#translate()
  }

  get language(): Language {
    return this.#language
  }

  switch(): void {
    this.#language = otherLanguage(this.#language)
    this.#translate()
    for (const listener of this.#listeners) listener()
  }

  onSwitch(listener: () => void): void {
    this.#listeners.push(listener)
  }

  speak(message: Message): string {
    return speak(this.#language, message)
  }

  text(key: TextKey): string {
    return TABLES[this.#language][key]
  }

  euros(amount: number): string {
    return inEuros(this.#language, amount)
  }

  date(time: string): string {
    return this.#time(new Date(time), { dateStyle: 'medium' })
  }

  moment(time: Date): string {
    return this.#time(time, { dateStyle: 'medium', timeStyle: 'medium' })
  }

  /** Puts the texts into a part of the page that was not there before. */
  translate(root: ParentNode): void {
    for (const element of root.querySelectorAll<HTMLElement>('[data-text]')) {
      element.textContent = this.text(keyOf(element.dataset['text']))
    }
    for (const element of root.querySelectorAll<HTMLElement>('[data-aria]')) {
      element.ariaLabel = this.text(keyOf(element.dataset['aria']))
    }
  }

  #translate(): void {
    this.#page.documentElement.lang = this.#language
    this.translate(this.#page)
  }

  #time(time: Date, style: Intl.DateTimeFormatOptions): string {
    return Number.isNaN(time.getTime()) ? '' : time.toLocaleString(this.#language, style)
  }
}

function keyOf(name: string | undefined): TextKey {
  if (name === undefined || !isTextKey(name)) throw new Error(`the page has no text ${name}`)
  return name
}

function isTextKey(name: string): name is TextKey {
  return Object.hasOwn(TABLES.en, name)
}

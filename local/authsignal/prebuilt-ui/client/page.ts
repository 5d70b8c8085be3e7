import type { Context } from '../wire.ts'
import { element, heading, lead, type Child } from './dom.ts'
import { textsFor } from './texts/for-locale.ts'
import type { Texts } from './texts/texts.ts'

/** The one page: a frame that stays, and the screen in it. */
export class Page {
  texts: Texts = textsFor(undefined)
  /** There is nothing to cancel once the user has shown who they are. */
  isProven = false
  readonly #screen = part('screen', HTMLElement)
  readonly #cancel = part('cancel', HTMLButtonElement)
  readonly #onFirstScreen: () => void
  #action: string | undefined
  #hasScreen = false

  constructor(on: { cancel: () => void; firstScreen: () => void }) {
    this.#onFirstScreen = on.firstScreen
    this.#cancel.addEventListener('click', on.cancel)
    this.#translate()
  }

  /** Now that it is known what all this is about. */
  begin({ locale, actionCode }: Context): void {
    this.texts = textsFor(locale)
    this.#action = actionCode
    this.#translate()
  }

  /** One step of the way, which the user can leave. */
  show(title: string, ...content: Child[]): void {
    const action = element(
      'p',
      { class: 'action' },
      `${this.texts.action} `,
      element('strong', {}, this.#action),
    )
    this.#put(title, this.#action === undefined ? undefined : action, heading(title), ...content)
    this.#cancel.hidden = this.isProven
  }

  /** The last screen, which has nothing left to cancel. */
  end(text: { heading: string; lead: string }, ...content: Child[]): void {
    this.#put(text.heading, heading(text.heading), lead(text.lead), ...content)
    this.#cancel.hidden = true
  }

  #put(title: string, ...content: Child[]): void {
    document.title = `${title} · Authsignal local`
    this.#screen.replaceChildren(...content.filter((child) => child !== undefined))
    const first = this.#screen.querySelector<HTMLElement>('[data-first]')
    ;(first ?? this.#screen.querySelector('h1'))?.focus()
    scrollTo(0, 0)
    if (!this.#hasScreen) this.#onFirstScreen()
    this.#hasScreen = true
  }

  #translate(): void {
    document.documentElement.lang = this.texts.language
    this.#cancel.textContent = this.texts.cancel
    part('stand-in', HTMLElement).textContent = this.texts.standIn
    part('messages', HTMLElement).textContent = this.texts.messages
  }
}

function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`)
  return found
}

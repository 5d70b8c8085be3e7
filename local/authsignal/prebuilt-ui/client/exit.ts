import { button, drawing, element } from './dom.ts'
import { exitUrl, type Launch } from './launch.ts'
import type { Opener } from './opener.ts'
import type { Page } from './page.ts'

/** Time for the app to close the frame or window before the page says anything. */
const CLOSING_MS = 1_000

export type Ending = 'succeeded' | 'quit'

/** The way out, which is the same whatever came of it: the user goes back with a token. */
export class Exit {
  readonly #launch: Launch
  readonly #opener: Opener | undefined
  /** Where track said to return to, once that is known. */
  redirectUrl: string | undefined

  constructor(launch: Launch, opener: Opener | undefined) {
    this.#launch = launch
    this.#opener = opener
  }

  get exists(): boolean {
    return this.#opener !== undefined || this.#url('') !== undefined
  }

  leave(page: Page, ending: Ending, token: string): void {
    if (this.#opener) {
      this.#opener.close(token)
      setTimeout(() => sayGoodbye(page, ending), CLOSING_MS)
      return
    }
    const url = this.#url(token)
    // In place of this page, so that the way back does not lead to a challenge that is over.
    if (url !== undefined) location.replace(url)
    if (url === undefined) sayGoodbye(page, ending)
    // A browser that does not know the scheme stays here.
    else if (this.#launch.isNative) sayGoodbye(page, ending, url)
  }

  /** For screens on which nothing else is left to do. */
  button(page: Page): HTMLButtonElement | undefined {
    if (!this.exists) return undefined
    const made = button(page.texts.goBack, 'primary')
    made.addEventListener('click', () => this.leave(page, 'quit', this.#launch.token))
    return made
  }

  #url(token: string): string | undefined {
    return exitUrl(this.#launch, this.redirectUrl, token)
  }
}

const TICK = 'm5 12.5 4.5 4.5L19 7.5'

function sayGoodbye(page: Page, ending: Ending, appUrl?: string): void {
  page.end(
    page.texts[ending],
    ending === 'succeeded' ? element('div', { class: 'device' }, drawing(TICK)) : undefined,
    appUrl && element('a', { class: 'primary', href: appUrl }, page.texts.openApp),
  )
}

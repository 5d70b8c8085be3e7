import type { TaskState } from '../challenge/confirmations.ts'
import type { ChallengeActs, ChallengeView } from './challenge-view.ts'
import { onClick, onEscape, part, setOpen, write } from './dom.ts'
import type { Words } from './words.ts'

export interface ConfirmationActs extends ChallengeActs {
  onRestart(): void
  onCancel(): void
}

/** The dialog in which something is confirmed. */
export class ConfirmationView {
  readonly #words: Words
  readonly #challenge: ChallengeView
  readonly #acts: ConfirmationActs
  readonly #parts: Parts
  #state: TaskState | undefined
  #isMounted = false

  constructor(page: Document, words: Words, challenge: ChallengeView, acts: ConfirmationActs) {
    this.#words = words
    this.#challenge = challenge
    this.#acts = acts
    this.#parts = partsOf(page)
    const { dialog, restart, cancel } = this.#parts
    onClick(restart, () => acts.onRestart())
    onClick(cancel, () => acts.onCancel())
    onEscape(dialog, () => acts.onCancel())
    words.onSwitch(() => this.#write())
  }

  render(state: TaskState | undefined): void {
    const hadFailed = this.#state?.failed !== undefined
    this.#state = state
    this.#mountChallenge()
    this.#write()
    const { dialog, restart } = this.#parts
    // Nothing can lie above an open dialog, Authsignal's own included.
    setOpen(dialog, state !== undefined && state.challenge?.method !== 'popup')
    if (state?.challenge) this.#challenge.render(state.challenge)
    if (state?.failed && !hadFailed) restart.focus()
  }

  #mountChallenge(): void {
    const isWanted = this.#state?.challenge !== undefined
    if (isWanted && !this.#isMounted) {
      const place = { level: 3, choiceLead: 'choose.ownLead' } as const
      this.#challenge.mount(this.#parts.home, place, this.#acts)
    }
    this.#isMounted = isWanted
  }

  #write(): void {
    if (!this.#state) return
    const { title, lead, home, wait, failure, error } = this.#parts
    const { challenge, failed } = this.#state
    write(title, this.#words.speak(this.#state.title))
    write(lead, this.#words.speak(this.#state.lead))
    home.hidden = challenge === undefined
    failure.hidden = failed === undefined
    wait.hidden = challenge !== undefined || failed !== undefined
    write(error, failed ? this.#words.speak(failed) : '')
  }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    dialog: part(page, 'confirmation', HTMLDialogElement),
    title: part(page, 'confirmation-title', HTMLElement),
    lead: part(page, 'confirmation-lead', HTMLElement),
    home: part(page, 'confirmation-home', HTMLElement),
    wait: part(page, 'confirmation-wait', HTMLElement),
    failure: part(page, 'confirmation-failure', HTMLElement),
    error: part(page, 'confirmation-error', HTMLElement),
    restart: part(page, 'confirmation-restart', HTMLButtonElement),
    cancel: part(page, 'confirmation-cancel', HTMLButtonElement),
  }
}

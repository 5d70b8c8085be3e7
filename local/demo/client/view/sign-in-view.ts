import type { IdentifyState, SignInState } from '../sign-in/sign-in.ts'
import type { Complaint } from '../complaint.ts'
import type { Provider } from '../sign-in/id-tokens.ts'
import type { TextKey } from '../language/language.ts'
import type { ChallengeActs, ChallengeView } from './challenge-view.ts'
import {
  complain,
  focusAndSelect,
  onClick,
  onSubmit,
  part,
  setBusy,
  setDisabled,
  write,
} from './dom.ts'
import type { Words } from './words.ts'

export interface SignInActs extends ChallengeActs {
  onIdentify(typed: string): void
  onPasskey(): void
  onProvider(provider: Provider, typed: string): void
  onChangeAddress(): void
  onFinishAgain(): void
}

const TITLES = {
  identify: 'identify.title',
  challenge: 'identify.title',
  finishing: 'finishing.title',
  done: 'account.title',
} as const satisfies Record<SignInState['step'], TextKey>

/** The way in: shows a state, and says what the person did. Decides nothing. */
export class SignInView {
  readonly #page: Document
  readonly #words: Words
  readonly #challenge: ChallengeView
  readonly #acts: SignInActs
  readonly #parts: Parts
  #state: SignInState | undefined

  constructor(page: Document, words: Words, challenge: ChallengeView, acts: SignInActs) {
    this.#page = page
    this.#words = words
    this.#challenge = challenge
    this.#acts = acts
    this.#parts = partsOf(page)
    this.#listen()
    words.onSwitch(() => {
      if (this.#state) this.#write(this.#state)
    })
  }

  render(state: SignInState): void {
    const isNewStep = state.step !== this.#state?.step
    this.#state = state
    if (isNewStep) this.#showStep(state.step)
    this.#write(state)
    if (state.step === 'challenge') this.#challenge.render(state.challenge)
    if (state.step !== 'identify') return
    const { identifier } = this.#parts
    if (isNewStep || state.complaint?.isAboutField) focusAndSelect(identifier)
  }

  offerProviders(): void {
    this.#parts.providers.hidden = false
  }

  #listen(): void {
    const { identifyForm, identifier, passkey, google, apple, changeAddress } = this.#parts
    const acts = this.#acts
    onSubmit(identifyForm, () => acts.onIdentify(identifier.value))
    onClick(passkey, () => acts.onPasskey())
    onClick(google, () => acts.onProvider('google', identifier.value))
    onClick(apple, () => acts.onProvider('apple', identifier.value))
    onClick(changeAddress, () => acts.onChangeAddress())
    onClick(this.#parts.finishAgain, () => acts.onFinishAgain())
  }

  #showStep(step: SignInState['step']): void {
    const { root, identifyStep, challengeStep, finishingStep, challengeHome } = this.#parts
    root.hidden = step === 'done'
    identifyStep.hidden = step !== 'identify'
    challengeStep.hidden = step !== 'challenge'
    finishingStep.hidden = step !== 'finishing'
    if (step === 'challenge') {
      this.#challenge.mount(challengeHome, { level: 1, choiceLead: 'choose.lead' }, this.#acts)
    }
    this.#page.defaultView?.scrollTo(0, 0)
  }

  #write(state: SignInState): void {
    if (state.step !== 'done')
      this.#page.title = `${this.#words.text(TITLES[state.step])} · Lantern`
    if (state.step === 'identify') this.#writeIdentify(state)
    if (state.step === 'finishing') this.#writeFinishing(state.complaint)
    if (state.step !== 'challenge') return
    const { busy } = state.challenge
    setDisabled(this.#parts.changeAddress, busy === 'send' || busy === 'prove')
  }

  #writeFinishing(complaint: Complaint | undefined): void {
    const { finishingWait, finishingError, finishAgain } = this.#parts
    finishingWait.hidden = complaint !== undefined
    finishAgain.hidden = complaint === undefined
    complain(this.#words, finishingError, complaint)
  }

  #writeIdentify({ typed, busy, complaint, notice }: IdentifyState): void {
    const { identifier, identifyError, status, continueButton, passkey } = this.#parts
    const words = this.#words
    if (identifier.value !== typed) identifier.value = typed
    identifier.readOnly = busy !== undefined
    write(status, notice ? words.speak(notice) : '')
    complain(words, identifyError, complaint, identifier)
    const label = (isBusy: boolean, whenBusy: TextKey, key: TextKey) =>
      words.text(isBusy ? whenBusy : key)
    const isStarting = busy === 'start'
    setBusy(continueButton, isStarting, label(isStarting, 'identify.busy', 'identify.continue'))
    const isAsking = busy === 'passkey'
    setBusy(passkey, isAsking, label(isAsking, 'identify.passkeyBusy', 'identify.passkey'))
    for (const provider of ['google', 'apple'] as const) {
      const isTheOne = busy === provider
      const text = label(isTheOne, 'identify.socialBusy', `identify.${provider}`)
      setBusy(this.#parts[provider], isTheOne, text)
    }
    if (busy === undefined) return
    const { google, apple } = this.#parts
    for (const button of [continueButton, passkey, google, apple]) setDisabled(button, true)
  }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    root: part(page, 'sign-in', HTMLElement),
    identifyStep: part(page, 'identify-step', HTMLElement),
    identifyForm: part(page, 'identify-form', HTMLFormElement),
    identifier: part(page, 'identifier', HTMLInputElement),
    identifyError: part(page, 'identify-error', HTMLElement),
    status: part(page, 'identify-status', HTMLElement),
    continueButton: part(page, 'continue', HTMLButtonElement),
    passkey: part(page, 'passkey-sign-in', HTMLButtonElement),
    providers: part(page, 'providers', HTMLElement),
    google: part(page, 'google', HTMLButtonElement),
    apple: part(page, 'apple', HTMLButtonElement),
    challengeStep: part(page, 'challenge-step', HTMLElement),
    challengeHome: part(page, 'challenge-home', HTMLElement),
    changeAddress: part(page, 'change-address', HTMLButtonElement),
    finishingStep: part(page, 'finishing-step', HTMLElement),
    finishingWait: part(page, 'finishing-wait', HTMLElement),
    finishingError: part(page, 'finishing-error', HTMLElement),
    finishAgain: part(page, 'finish-again', HTMLButtonElement),
  }
}

import { claimRows, decodeClaims, signedInAs, type Claims } from './claims.ts'
import type { CodeState, Complaint, IdentifyState, SignedInState, State } from './sign-in.ts'

const TITLES = {
  identify: 'Sign in',
  code: 'Enter your code',
  'signed-in': 'Signed in',
} as const

/** The page: shows a state, and says what the person did. Decides nothing. */
export class View {
  onIdentify: (typed: string) => void = () => {}
  onCode: (code: string) => void = () => {}
  onResend: () => void = () => {}
  onChangeAddress: () => void = () => {}
  onSignOut: () => void = () => {}

  readonly #page: Document
  readonly #parts: Parts
  #step: State['step'] = 'identify'
  #lastCode = ''
  #localMessages: string | undefined

  constructor(page: Document) {
    this.#page = page
    this.#parts = partsOf(page)
    this.#listen()
  }

  render(state: State): void {
    const isNewStep = state.step !== this.#step
    this.#step = state.step
    if (isNewStep) this.#showStep(state.step)
    // After its section is on show, so that screen readers notice what changes inside it.
    this.#parts.status.textContent = 'notice' in state ? (state.notice ?? '') : ''
    if (state.step === 'identify') this.#renderIdentify(state, isNewStep)
    else if (state.step === 'code') this.#renderCode(state, isNewStep)
    else this.#renderSignedIn(state)
    if (state.step !== 'signed-in') this.#forgetTokens()
  }

  showTimeLeft(state: State, now: number): void {
    if (state.step !== 'code') return
    const seconds = Math.max(0, Math.ceil((state.expiresAt - now) / 1000))
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    this.#parts.timeLeft.textContent = `Expires in ${clock}`
  }

  /** The local stack keeps what it would have sent: whoever tries it out needs a way to the code. */
  offerLocalMessages(authsignalUrl: string): void {
    const { hostname, origin } = new URL(authsignalUrl)
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
    if (isLocal) this.#localMessages = `${origin}/local/messages`
  }

  #listen(): void {
    const { identifyForm, identifier, codeForm, code, resend, changeAddress, signOut } = this.#parts
    onSubmit(identifyForm, () => this.onIdentify(identifier.value))
    onSubmit(codeForm, () => this.onCode(code.value))
    onClick(resend, () => this.onResend())
    onClick(changeAddress, () => this.onChangeAddress())
    onClick(signOut, () => this.onSignOut())
    code.addEventListener('input', () => this.#takeCode())
  }

  /** Codes get pasted with spaces and dashes; the sixth digit sends the code off. */
  #takeCode(): void {
    const { code } = this.#parts
    const digits = code.value.replace(/\D/g, '').slice(0, 6)
    if (digits !== code.value) code.value = digits
    if (digits.length === 6 && digits !== this.#lastCode) this.onCode(digits)
    this.#lastCode = digits
  }

  #showStep(step: State['step']): void {
    const { card, identifyStep, codeStep, signedInStep } = this.#parts
    card.dataset['step'] = step
    identifyStep.hidden = step !== 'identify'
    codeStep.hidden = step !== 'code'
    signedInStep.hidden = step !== 'signed-in'
    this.#page.title = `${TITLES[step]} · Lantern`
    this.#page.defaultView?.scrollTo(0, 0)
  }

  #renderIdentify(state: IdentifyState, isNewStep: boolean): void {
    const { identifier, identifyError, continueButton } = this.#parts
    if (identifier.value !== state.typed) identifier.value = state.typed
    identifier.readOnly = state.isBusy
    setBusy(continueButton, state.isBusy, state.isBusy ? 'Sending a code…' : 'Continue')
    complain(identifier, identifyError, state.error)
    if (isNewStep || state.error?.isAboutField) focusAndSelect(identifier)
  }

  #renderCode(state: CodeState, isNewStep: boolean): void {
    const { code, codeError, codeHeading, codeAddress, verify, resend, changeAddress } = this.#parts
    if (isNewStep || state.notice) this.#emptyCode()
    codeHeading.textContent = `Check your ${state.channel === 'email' ? 'email' : 'phone'}`
    codeAddress.textContent = state.address
    this.#linkLocalMessages(state.address)
    this.showTimeLeft(state, Date.now())
    code.readOnly = state.busy !== undefined
    setBusy(verify, state.busy === 'verify', state.busy === 'verify' ? 'Checking…' : 'Verify')
    const resendLabel = state.busy === 'resend' ? 'Sending…' : 'Send a new code'
    setBusy(resend, state.busy === 'resend', resendLabel)
    for (const button of [verify, resend, changeAddress]) setDisabled(button, Boolean(state.busy))
    complain(code, codeError, state.error)
    if (isNewStep || state.notice || state.error?.isAboutField) focusAndSelect(code)
  }

  #renderSignedIn({ tokens }: SignedInState): void {
    const parts = this.#parts
    this.#emptyCode()
    parts.identifier.value = ''
    const idClaims = decodeClaims(tokens.idToken)
    parts.signedInAs.textContent = signedInAs(idClaims) ?? 'a user without an address'
    parts.idClaims.replaceChildren(...this.#listOf(idClaims))
    parts.accessClaims.replaceChildren(...this.#listOf(decodeClaims(tokens.accessToken)))
    parts.signedInHeading.focus()
  }

  /** Hidden is not forgotten: what a token said must not stay behind in the page. */
  #forgetTokens(): void {
    const { signedInAs: name, idClaims, accessClaims } = this.#parts
    name.textContent = ''
    idClaims.replaceChildren()
    accessClaims.replaceChildren()
  }

  #emptyCode(): void {
    this.#parts.code.value = ''
    this.#lastCode = ''
  }

  #linkLocalMessages(address: string): void {
    const link = this.#parts.localMessages
    link.hidden = this.#localMessages === undefined
    link.href = `${this.#localMessages}?to=${encodeURIComponent(address)}`
  }

  #listOf(claims: Claims): HTMLElement[] {
    return claimRows(claims, readableTime).map(({ name, value, dateTime }) => {
      const row = this.#page.createElement('div')
      const term = this.#page.createElement('dt')
      const detail = this.#page.createElement('dd')
      term.textContent = name
      if (dateTime === undefined) detail.textContent = value
      else detail.append(this.#timeElement(value, dateTime))
      row.append(term, detail)
      return row
    })
  }

  #timeElement(text: string, dateTime: string): HTMLTimeElement {
    const time = this.#page.createElement('time')
    time.dateTime = dateTime
    time.textContent = text
    return time
  }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    card: part(page, 'card', HTMLElement),
    status: part(page, 'status', HTMLElement),
    identifyStep: part(page, 'identify-step', HTMLElement),
    identifyForm: part(page, 'identify-form', HTMLFormElement),
    identifier: part(page, 'identifier', HTMLInputElement),
    identifyError: part(page, 'identify-error', HTMLElement),
    continueButton: part(page, 'continue', HTMLButtonElement),
    codeStep: part(page, 'code-step', HTMLElement),
    codeHeading: part(page, 'code-heading', HTMLElement),
    codeAddress: part(page, 'code-address', HTMLElement),
    codeForm: part(page, 'code-form', HTMLFormElement),
    code: part(page, 'code', HTMLInputElement),
    codeError: part(page, 'code-error', HTMLElement),
    verify: part(page, 'verify', HTMLButtonElement),
    resend: part(page, 'resend', HTMLButtonElement),
    changeAddress: part(page, 'change-address', HTMLButtonElement),
    timeLeft: part(page, 'time-left', HTMLElement),
    localMessages: part(page, 'local-messages', HTMLAnchorElement),
    signedInStep: part(page, 'signed-in-step', HTMLElement),
    signedInHeading: part(page, 'signed-in-heading', HTMLElement),
    signedInAs: part(page, 'signed-in-as', HTMLElement),
    idClaims: part(page, 'id-claims', HTMLElement),
    accessClaims: part(page, 'access-claims', HTMLElement),
    signOut: part(page, 'sign-out', HTMLButtonElement),
  }
}

function part<T extends HTMLElement>(page: Document, id: string, type: new () => T): T {
  const element = page.getElementById(id)
  if (!(element instanceof type)) throw new Error(`the page has no ${id}`)
  return element
}

function onSubmit(form: HTMLFormElement, act: () => void): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    act()
  })
}

function onClick(button: HTMLButtonElement, act: () => void): void {
  button.addEventListener('click', () => {
    if (button.ariaDisabled !== 'true') act()
  })
}

function setBusy(button: HTMLButtonElement, isBusy: boolean, label: string): void {
  setDisabled(button, isBusy)
  button.ariaBusy = String(isBusy)
  button.textContent = label
}

/** `aria-disabled`, because `disabled` would throw the keyboard focus back to the top of the page. */
function setDisabled(button: HTMLButtonElement, isDisabled: boolean): void {
  button.ariaDisabled = String(isDisabled)
}

function complain(field: HTMLInputElement, alert: HTMLElement, error: Complaint | undefined): void {
  alert.textContent = error?.text ?? ''
  field.ariaInvalid = String(error?.isAboutField ?? false)
}

/** Selected, so that typing replaces what was wrong. */
function focusAndSelect(field: HTMLInputElement): void {
  field.focus()
  field.select()
}

function readableTime(time: Date): string {
  return time.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })
}

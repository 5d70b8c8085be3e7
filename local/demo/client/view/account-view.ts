import { claimRows, decodeClaims, signedInAs, type Claims } from '../account/claims.ts'
import type { SignedIn } from '../session/session.ts'
import { clockOf } from './clock.ts'
import { copyOf, onClick, part, setBusy, setDisabled, within, write } from './dom.ts'
import type { Words } from './words.ts'

export interface AccountActs {
  onSignOut(): void
  onRenew(): void
  onSignOutEverywhere(): void
}

/** Who is signed in, for how long, and what the tokens say. */
export class AccountView {
  readonly #page: Document
  readonly #words: Words
  readonly #parts: Parts
  #signedIn: SignedIn | undefined
  /** What the profile says goes before what the token says, which is older. */
  #name: string | undefined

  constructor(page: Document, words: Words, acts: AccountActs) {
    this.#page = page
    this.#words = words
    this.#parts = partsOf(page)
    const { signOut, renew, everywhere } = this.#parts
    onClick(signOut, () => acts.onSignOut())
    onClick(renew, () => acts.onRenew())
    onClick(everywhere, () => acts.onSignOutEverywhere())
    words.onSwitch(() => this.#write())
  }

  render(signedIn: SignedIn | undefined): void {
    const isNew = (signedIn === undefined) !== (this.#signedIn === undefined)
    this.#signedIn = signedIn
    if (!signedIn) this.#name = undefined
    this.#write()
    if (!isNew || !signedIn) return
    this.#page.defaultView?.scrollTo(0, 0)
    this.#parts.heading.focus()
  }

  greet(name: string | undefined): void {
    this.#name = name
    this.#write()
  }

  showTimeLeft(now: number): void {
    if (!this.#signedIn) return
    const left = this.#signedIn.expiresAt - now
    const words = this.#words
    write(
      this.#parts.timeLeft,
      left > 0
        ? words.speak({ key: 'session.expires', values: { time: clockOf(left) } })
        : words.text('session.expired'),
    )
  }

  #write(): void {
    const { root, name, idClaims, accessClaims } = this.#parts
    root.hidden = this.#signedIn === undefined
    if (!this.#signedIn) {
      // Hidden is not forgotten: what a token said must not stay behind in the page.
      name.textContent = ''
      idClaims.replaceChildren()
      accessClaims.replaceChildren()
      return
    }
    const { tokens } = this.#signedIn
    const claims = decodeClaims(tokens.idToken)
    const words = this.#words
    this.#page.title = `${words.text('account.title')} · Lantern`
    const who = this.#name ?? signedInAs(claims) ?? words.text('account.nobody')
    write(name, words.speak({ key: 'account.signedInAs', values: { name: who } }))
    idClaims.replaceChildren(...this.#rowsOf(claims))
    accessClaims.replaceChildren(...this.#rowsOf(decodeClaims(tokens.accessToken)))
    this.#writeSession(this.#signedIn)
  }

  #writeSession({ busy, message }: SignedIn): void {
    const { renew, everywhere, message: status } = this.#parts
    const words = this.#words
    write(status, message ? words.speak(message) : '')
    const isRenewing = busy === 'renew'
    setBusy(renew, isRenewing, words.text(isRenewing ? 'session.renewing' : 'session.renew'))
    const isEnding = busy === 'everywhere'
    const label = isEnding ? 'session.everywhereBusy' : 'session.everywhere'
    setBusy(everywhere, isEnding, words.text(label))
    for (const button of [renew, everywhere]) setDisabled(button, busy !== undefined)
    this.showTimeLeft(Date.now())
  }

  #rowsOf(claims: Claims): HTMLElement[] {
    return claimRows(claims, (time) => this.#words.moment(time)).map(
      ({ name, value, dateTime }) => {
        const row = copyOf(this.#parts.claimTemplate)
        within(row, 'name', HTMLElement).textContent = name
        const time = within(row, 'value', HTMLTimeElement)
        time.textContent = value
        if (dateTime !== undefined) time.dateTime = dateTime
        return row
      },
    )
  }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    root: part(page, 'account', HTMLElement),
    heading: part(page, 'account-heading', HTMLElement),
    name: part(page, 'signed-in-as', HTMLElement),
    signOut: part(page, 'sign-out', HTMLButtonElement),
    timeLeft: part(page, 'session-left', HTMLElement),
    message: part(page, 'session-status', HTMLElement),
    renew: part(page, 'renew', HTMLButtonElement),
    everywhere: part(page, 'sign-out-everywhere', HTMLButtonElement),
    idClaims: part(page, 'id-claims', HTMLElement),
    accessClaims: part(page, 'access-claims', HTMLElement),
    claimTemplate: part(page, 'claim-template', HTMLTemplateElement),
  }
}

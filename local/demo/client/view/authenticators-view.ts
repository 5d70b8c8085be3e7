import type { Authenticator } from '../api/account-api.ts'
import { detailOf, kindOf, nameOf } from '../account/authenticator-name.ts'
import type { AuthenticatorsState } from '../account/authenticators.ts'
import type { Message } from '../language/language.ts'
import {
  complain,
  copyOf,
  keepFocus,
  onClick,
  onEscape,
  part,
  setBusy,
  setDisabled,
  setOpen,
  within,
  write,
} from './dom.ts'
import { iconOfVerification } from './method-icon.ts'
import type { Words } from './words.ts'

export interface AuthenticatorsActs {
  onAdd(): void
  onCreatePasskey(): void
  onNoPasskey(): void
  onRemove(authenticatorId: string): void
  onConfirmRemoval(): void
  onKeep(): void
  onRetry(): void
}

/** The ways to sign in, the question before one of them goes, and the offer of a passkey. */
export class AuthenticatorsView {
  readonly #page: Document
  readonly #words: Words
  readonly #acts: AuthenticatorsActs
  readonly #parts: Parts
  #state: AuthenticatorsState = { isLoading: false, offersPasskey: false }
  #listed: readonly Authenticator[] | undefined

  constructor(page: Document, words: Words, acts: AuthenticatorsActs) {
    this.#page = page
    this.#words = words
    this.#acts = acts
    this.#parts = partsOf(page)
    const { add, createPasskey, noPasskey, removal, confirm, keep, retry } = this.#parts
    onClick(add, () => acts.onAdd())
    onClick(createPasskey, () => acts.onCreatePasskey())
    onClick(noPasskey, () => acts.onNoPasskey())
    onClick(confirm, () => acts.onConfirmRemoval())
    onClick(keep, () => acts.onKeep())
    onClick(retry, () => acts.onRetry())
    onEscape(removal, () => acts.onKeep())
    words.onSwitch(() => {
      this.#listed = undefined
      this.#write()
    })
  }

  render(state: AuthenticatorsState): void {
    this.#state = state
    // The button that began it may go: with its row, or with the offer of a passkey.
    keepFocus(this.#page, this.#parts.heading, () => this.#write())
  }

  #write(): void {
    const { list, isLoading, removing, complaint, notice, offersPasskey } = this.#state
    const { root, prompt, status, error, retry, empty } = this.#parts
    const words = this.#words
    root.ariaBusy = String(isLoading)
    prompt.hidden = !offersPasskey
    write(status, notice ? words.speak(notice) : '')
    complain(words, error, complaint)
    retry.hidden = complaint === undefined
    empty.hidden = (list?.length ?? 0) > 0
    write(empty, words.text(isLoading ? 'account.loading' : 'authenticators.none'))
    this.#writeList(list)
    this.#writeRemoval(removing)
  }

  /** Rows stay as they are while the list does, and with them the keyboard's focus. */
  #writeList(list: readonly Authenticator[] | undefined): void {
    if (list === this.#listed) return
    this.#listed = list
    this.#parts.list.replaceChildren(...(list ?? []).map((entry) => this.#row(entry)))
  }

  #row(authenticator: Authenticator): HTMLElement {
    const words = this.#words
    const row = copyOf(this.#parts.rowTemplate)
    const { verificationMethod, authenticatorId } = authenticator
    row.prepend(iconOfVerification(this.#page, verificationMethod))
    const detail = detailOf(authenticator)
    write(within(row, 'kind', HTMLElement), words.speak(kindOf(verificationMethod)))
    write(within(row, 'detail', HTMLElement), detail ?? '')
    write(within(row, 'history', HTMLElement), words.speak(historyOf(authenticator, words)))
    const remove = within(row, 'remove', HTMLButtonElement)
    const name = nameOf(authenticator)
    remove.textContent = words.text('authenticators.remove')
    remove.ariaLabel = words.speak({ key: 'authenticators.removeThis', values: { name } })
    onClick(remove, () => this.#acts.onRemove(authenticatorId))
    return row
  }

  #writeRemoval(removing: AuthenticatorsState['removing']): void {
    const { removal, removalLead, removalError, confirm, keep } = this.#parts
    setOpen(removal, removing !== undefined)
    if (!removing) return
    const { authenticator, isBusy, complaint } = removing
    const words = this.#words
    const name = nameOf(authenticator)
    write(removalLead, words.speak({ key: 'authenticators.removeLead', values: { name } }))
    complain(words, removalError, complaint)
    const label = isBusy ? 'authenticators.removing' : 'authenticators.remove'
    setBusy(confirm, isBusy, words.text(label))
    setDisabled(keep, isBusy)
  }
}

function historyOf(
  { createdAt, verifiedAt, lastVerifiedAt }: Authenticator,
  words: Words,
): Message {
  if (verifiedAt === undefined) return { key: 'authenticators.unverified' }
  return lastVerifiedAt === undefined
    ? { key: 'authenticators.since', values: { date: words.date(createdAt) } }
    : { key: 'authenticators.lastUsed', values: { date: words.date(lastVerifiedAt) } }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    root: part(page, 'authenticators', HTMLElement),
    heading: part(page, 'authenticators-heading', HTMLElement),
    list: part(page, 'authenticator-list', HTMLElement),
    empty: part(page, 'authenticators-empty', HTMLElement),
    rowTemplate: part(page, 'authenticator-template', HTMLTemplateElement),
    add: part(page, 'authenticator-add', HTMLButtonElement),
    status: part(page, 'authenticators-status', HTMLElement),
    error: part(page, 'authenticators-error', HTMLElement),
    retry: part(page, 'authenticators-retry', HTMLButtonElement),
    prompt: part(page, 'passkey-prompt', HTMLElement),
    createPasskey: part(page, 'passkey-create', HTMLButtonElement),
    noPasskey: part(page, 'passkey-later', HTMLButtonElement),
    removal: part(page, 'removal', HTMLDialogElement),
    removalLead: part(page, 'removal-lead', HTMLElement),
    removalError: part(page, 'removal-error', HTMLElement),
    confirm: part(page, 'removal-confirm', HTMLButtonElement),
    keep: part(page, 'removal-keep', HTMLButtonElement),
  }
}

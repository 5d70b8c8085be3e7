import type { ProfileState } from '../account/profile.ts'
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

export interface ProfileActs {
  onEdit(): void
  onCancel(): void
  onSave(name: string): void
  onRetry(): void
}

/** Name and addresses of whoever is signed in. */
export class ProfileView {
  readonly #words: Words
  readonly #parts: Parts
  #state: ProfileState = { isEditing: false }

  constructor(page: Document, words: Words, acts: ProfileActs) {
    this.#words = words
    this.#parts = partsOf(page)
    const { edit, cancel, form, field, retry } = this.#parts
    onClick(edit, () => acts.onEdit())
    onClick(cancel, () => acts.onCancel())
    onClick(retry, () => acts.onRetry())
    onSubmit(form, () => acts.onSave(field.value))
    words.onSwitch(() => this.#write())
    this.#write()
  }

  render(state: ProfileState): void {
    const wasEditing = this.#state.isEditing
    this.#state = state
    const { field, edit } = this.#parts
    if (state.isEditing && !wasEditing) field.value = state.profile?.name ?? ''
    this.#write()
    if (state.isEditing && (!wasEditing || state.complaint)) focusAndSelect(field)
    if (!state.isEditing && wasEditing) edit.focus()
  }

  #write(): void {
    const { profile, isEditing, busy, complaint, notice } = this.#state
    const { root, name, email, phone, emailFlag, phoneFlag, status } = this.#parts
    const words = this.#words
    root.ariaBusy = String(busy === 'load')
    const absent = words.text(busy === 'load' ? 'account.loading' : 'profile.none')
    write(name, profile?.name ?? (profile ? words.text('profile.noName') : absent))
    write(email, profile?.email ?? absent)
    write(phone, profile?.phoneNumber ?? absent)
    this.#writeFlag(emailFlag, profile?.email, profile?.emailVerified)
    this.#writeFlag(phoneFlag, profile?.phoneNumber, profile?.phoneNumberVerified)
    write(status, notice ? words.speak(notice) : '')

    const { form, nameRow, edit, save, cancel, field, fieldError, error, retry } = this.#parts
    form.hidden = !isEditing
    nameRow.hidden = isEditing
    edit.hidden = !profile
    retry.hidden = profile !== undefined || complaint === undefined
    const isSaving = busy === 'save'
    setBusy(save, isSaving, words.text(isSaving ? 'profile.saving' : 'profile.save'))
    setDisabled(cancel, isSaving)
    field.readOnly = isSaving
    complain(words, fieldError, isEditing ? complaint : undefined, field)
    complain(words, error, isEditing ? undefined : complaint)
  }

  #writeFlag(flag: HTMLElement, address: string | undefined, isVerified = false): void {
    flag.hidden = address === undefined
    flag.dataset['verified'] = String(isVerified)
    write(flag, this.#words.text(isVerified ? 'profile.verified' : 'profile.unverified'))
  }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    root: part(page, 'profile', HTMLElement),
    nameRow: part(page, 'profile-name-row', HTMLElement),
    name: part(page, 'profile-name', HTMLElement),
    email: part(page, 'profile-email', HTMLElement),
    emailFlag: part(page, 'profile-email-flag', HTMLElement),
    phone: part(page, 'profile-phone', HTMLElement),
    phoneFlag: part(page, 'profile-phone-flag', HTMLElement),
    edit: part(page, 'profile-edit', HTMLButtonElement),
    form: part(page, 'profile-form', HTMLFormElement),
    field: part(page, 'profile-name-field', HTMLInputElement),
    fieldError: part(page, 'profile-name-error', HTMLElement),
    save: part(page, 'profile-save', HTMLButtonElement),
    cancel: part(page, 'profile-cancel', HTMLButtonElement),
    status: part(page, 'profile-status', HTMLElement),
    error: part(page, 'profile-error', HTMLElement),
    retry: part(page, 'profile-retry', HTMLButtonElement),
  }
}

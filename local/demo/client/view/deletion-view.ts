import type { DeletionState } from '../account/deletion.ts'
import {
  complain,
  focusAndSelect,
  onClick,
  onEscape,
  onSubmit,
  part,
  setBusy,
  setDisabled,
  setOpen,
  write,
} from './dom.ts'
import type { Words } from './words.ts'

export interface DeletionActs {
  onOpen(): void
  onClose(): void
  onConfirm(typed: string): void
}

/** The last question before the account is gone. */
export class DeletionView {
  readonly #words: Words
  readonly #parts: Parts
  #state: DeletionState = { isOpen: false, isBusy: false }

  constructor(page: Document, words: Words, acts: DeletionActs) {
    this.#words = words
    this.#parts = partsOf(page)
    const { open, dialog, form, field, cancel } = this.#parts
    onClick(open, () => acts.onOpen())
    onClick(cancel, () => acts.onClose())
    onEscape(dialog, () => acts.onClose())
    onSubmit(form, () => acts.onConfirm(field.value))
    words.onSwitch(() => this.#write())
    this.#write()
  }

  render(state: DeletionState): void {
    const isNew = state.isOpen && !this.#state.isOpen
    this.#state = state
    const { dialog, field } = this.#parts
    if (isNew) field.value = ''
    this.#write()
    setOpen(dialog, state.isOpen)
    if (isNew || state.complaint?.isAboutField) focusAndSelect(field)
  }

  #write(): void {
    const { isBusy, complaint } = this.#state
    const { lead, field, error, confirm, cancel } = this.#parts
    const words = this.#words
    const word = words.text('delete.word')
    write(lead, words.speak({ key: 'delete.confirmLead', values: { word } }))
    complain(words, error, complaint, field)
    field.readOnly = isBusy
    setBusy(confirm, isBusy, words.text(isBusy ? 'delete.busy' : 'delete.confirm'))
    setDisabled(cancel, isBusy)
  }
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    open: part(page, 'delete-account', HTMLButtonElement),
    dialog: part(page, 'deletion', HTMLDialogElement),
    lead: part(page, 'deletion-lead', HTMLElement),
    form: part(page, 'deletion-form', HTMLFormElement),
    field: part(page, 'deletion-word', HTMLInputElement),
    error: part(page, 'deletion-error', HTMLElement),
    confirm: part(page, 'deletion-confirm', HTMLButtonElement),
    cancel: part(page, 'deletion-cancel', HTMLButtonElement),
  }
}

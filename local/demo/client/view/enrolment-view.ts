import type { EnrolmentKind, EnrolmentState } from '../account/enrolment.ts'
import type { Message, TextKey } from '../language/language.ts'
import { CodeField } from './code-field.ts'
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
import { drawQr } from './qr.ts'
import type { Words } from './words.ts'

export interface EnrolmentActs {
  onChoose(kind: EnrolmentKind): void
  onAddress(typed: string): void
  onCode(code: string): void
  onCreate(): void
  onBack(): void
  onClose(): void
}

const KINDS = ['email', 'sms', 'app', 'passkey', 'key'] as const satisfies EnrolmentKind[]

const TITLES = {
  email: 'enrol.email',
  sms: 'enrol.phone',
  app: 'enrol.app',
  passkey: 'enrol.passkey',
  key: 'enrol.key',
} as const satisfies Record<EnrolmentKind, TextKey>

/** The dialog in which a way to sign in is added. */
export class EnrolmentView {
  readonly #words: Words
  readonly #parts: Parts
  readonly #codeField: CodeField
  #state: EnrolmentState = { step: 'closed' }

  constructor(page: Document, words: Words, acts: EnrolmentActs) {
    this.#words = words
    this.#parts = partsOf(page)
    const { dialog, addressForm, address, codeForm, code, create, back, close } = this.#parts
    this.#codeField = new CodeField(code, (digits) => acts.onCode(digits))
    for (const kind of KINDS) {
      onClick(part(page, `enrol-${kind}`, HTMLButtonElement), () => acts.onChoose(kind))
    }
    onSubmit(addressForm, () => acts.onAddress(address.value))
    onSubmit(codeForm, () => acts.onCode(code.value))
    onClick(create, () => acts.onCreate())
    onClick(back, () => acts.onBack())
    onClick(close, () => acts.onClose())
    onEscape(dialog, () => acts.onClose())
    words.onSwitch(() => this.#write())
    this.#write()
  }

  render(state: EnrolmentState): void {
    const isNewStep = stageOf(state) !== stageOf(this.#state)
    this.#state = state
    const { address, dialog } = this.#parts
    if (isNewStep) {
      this.#codeField.empty()
      if (state.step === 'address' || state.step === 'closed') address.value = ''
    }
    this.#write()
    setOpen(dialog, state.step !== 'closed')
    if (isNewStep || state.complaint?.isAboutField) this.#focus(state)
  }

  #write(): void {
    const { step, kind, appKey, busy } = this.#state
    const stage = stageOf(this.#state)
    const { title, lead, chooser, addressForm, codeForm, device, app, back, close } = this.#parts
    const words = this.#words
    write(title, words.text(kind && step !== 'choose' ? TITLES[kind] : 'authenticators.addTitle'))
    write(lead, words.speak(leadOf(this.#state)))
    chooser.hidden = step !== 'choose'
    addressForm.hidden = step !== 'address'
    codeForm.hidden = stage !== 'code' && stage !== 'scan'
    device.hidden = step !== 'device'
    app.hidden = stage !== 'scan'
    if (appKey) this.#writeApp(appKey)
    this.#writeAddress(kind, busy)
    this.#writeCode(busy)
    this.#writeDevice(busy)
    this.#writeComplaint()
    back.hidden = step === 'choose'
    setDisabled(back, busy === 'save' || busy === 'prove')
    setDisabled(close, busy === 'save')
  }

  #writeApp({ uri, secret }: { uri: string; secret: string }): void {
    const { qr, secret: text } = this.#parts
    if (text.textContent === grouped(secret)) return
    drawQr(qr, uri)
    write(text, grouped(secret))
  }

  #writeAddress(kind: EnrolmentKind | undefined, busy: EnrolmentState['busy']): void {
    const { address, addressLabel, send } = this.#parts
    const isEmail = kind === 'email'
    write(addressLabel, this.#words.text(isEmail ? 'enrol.email' : 'enrol.phone'))
    address.inputMode = isEmail ? 'email' : 'tel'
    address.autocomplete = isEmail ? 'email' : 'tel'
    const isSending = busy === 'prepare'
    address.readOnly = isSending
    setBusy(send, isSending, this.#words.text(isSending ? 'challenge.sending' : 'enrol.send'))
  }

  #writeCode(busy: EnrolmentState['busy']): void {
    const { code, verify } = this.#parts
    code.readOnly = busy !== undefined
    setBusy(verify, busy !== undefined, this.#words.text(busyText(busy) ?? 'challenge.verify'))
  }

  #writeDevice(busy: EnrolmentState['busy']): void {
    const { create } = this.#parts
    setBusy(create, busy !== undefined, this.#words.text(busyText(busy) ?? 'account.retry'))
  }

  #writeComplaint(): void {
    const { complaint } = this.#state
    const stage = stageOf(this.#state)
    const { address, addressError, code, codeError, error } = this.#parts
    const isAtAddress = stage === 'address'
    const isAtCode = stage === 'code' || stage === 'scan'
    complain(this.#words, addressError, isAtAddress ? complaint : undefined, address)
    complain(this.#words, codeError, isAtCode ? complaint : undefined, code)
    complain(this.#words, error, isAtAddress || isAtCode ? undefined : complaint)
  }

  #focus(state: EnrolmentState): void {
    const { address, code, title } = this.#parts
    const stage = stageOf(state)
    if (stage === 'address') focusAndSelect(address)
    else if (stage === 'code' || stage === 'scan') focusAndSelect(code)
    else if (stage !== 'closed') title.focus()
  }
}

/** The step as it looks: an app's key has to be fetched before there is something to scan. */
function stageOf({ step, appKey }: EnrolmentState): EnrolmentState['step'] | 'scan' {
  return step === 'app' && appKey ? 'scan' : step
}

function leadOf({ step, kind, address = '', appKey }: EnrolmentState): Message {
  if (step === 'address') {
    return { key: kind === 'sms' ? 'enrol.addressLead.sms' : 'enrol.addressLead.email' }
  }
  if (step === 'code') return { key: 'enrol.codeLead', values: { address } }
  if (step === 'app') return { key: appKey ? 'enrol.appLead' : 'enrol.preparing' }
  return { key: step === 'device' ? 'enrol.deviceLead' : 'enrol.chooseLead' }
}

function busyText(busy: EnrolmentState['busy']): TextKey | undefined {
  if (busy === 'save') return 'enrol.saving'
  if (busy === 'prove') return 'challenge.verifying'
  return busy === 'device' ? 'enrol.deviceBusy' : undefined
}

/** In fours, as people read and type it. */
function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? ''
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    dialog: part(page, 'enrolment', HTMLDialogElement),
    title: part(page, 'enrolment-title', HTMLElement),
    lead: part(page, 'enrolment-lead', HTMLElement),
    chooser: part(page, 'enrolment-kinds', HTMLElement),
    addressForm: part(page, 'enrolment-address-form', HTMLFormElement),
    addressLabel: part(page, 'enrolment-address-label', HTMLElement),
    address: part(page, 'enrolment-address', HTMLInputElement),
    addressError: part(page, 'enrolment-address-error', HTMLElement),
    send: part(page, 'enrolment-send', HTMLButtonElement),
    app: part(page, 'enrolment-app', HTMLElement),
    qr: part(page, 'enrolment-qr', SVGSVGElement),
    secret: part(page, 'enrolment-secret', HTMLElement),
    codeForm: part(page, 'enrolment-code-form', HTMLFormElement),
    code: part(page, 'enrolment-code', HTMLInputElement),
    codeError: part(page, 'enrolment-code-error', HTMLElement),
    verify: part(page, 'enrolment-verify', HTMLButtonElement),
    device: part(page, 'enrolment-device', HTMLElement),
    create: part(page, 'enrolment-create', HTMLButtonElement),
    error: part(page, 'enrolment-error', HTMLElement),
    back: part(page, 'enrolment-back', HTMLButtonElement),
    close: part(page, 'enrolment-close', HTMLButtonElement),
  }
}

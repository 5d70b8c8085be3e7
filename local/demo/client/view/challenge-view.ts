import type { ChallengeState } from '../challenge/challenge.ts'
import { isCode, isPage, isSent, stageOf, type Method } from '../challenge/methods.ts'
import type { Message, TextKey } from '../language/language.ts'
import { clockOf } from './clock.ts'
import { CodeField } from './code-field.ts'
import {
  complain,
  copyOf,
  focusAndSelect,
  onClick,
  onSubmit,
  part,
  setBusy,
  setDisabled,
  within,
  write,
} from './dom.ts'
import { iconOfMethod } from './method-icon.ts'
import type { Words } from './words.ts'

/** What the person does to a challenge. */
export interface ChallengeActs {
  onCode(code: string): void
  onResend(): void
  onConfirm(): void
  onRepeat(): void
  onChoose(method: Method): void
  onAnother(): void
}

const SENDING: Message = { key: 'challenge.sending' }

/** Where on the page a challenge is taken, and what has to be said there before a choice. */
interface Place {
  level: 1 | 3
  choiceLead: TextKey
}

/** A challenge, wherever on the page it is taken. There is one at a time, so there is one of these. */
export class ChallengeView {
  readonly #words: Words
  readonly #parts: Parts
  readonly #codeField: CodeField
  readonly #page: Document
  #acts: ChallengeActs | undefined
  #state: ChallengeState | undefined
  #choiceLead: TextKey = 'choose.lead'
  #localMessages: string | undefined

  constructor(page: Document, words: Words) {
    this.#page = page
    this.#words = words
    this.#parts = partsOf(page)
    this.#codeField = new CodeField(this.#parts.code, (code) => this.#acts?.onCode(code))
    this.#listen()
    words.onSwitch(() => {
      if (this.#state) this.#write(this.#state)
    })
  }

  /** Puts the challenge there, for whoever asks for it now. */
  mount(home: HTMLElement, { level, choiceLead }: Place, acts: ChallengeActs): void {
    this.#acts = acts
    this.#choiceLead = choiceLead
    this.#state = undefined
    this.#parts.title.ariaLevel = String(level)
    home.append(this.#parts.root)
  }

  render(state: ChallengeState): void {
    const before = this.#state
    const isNew = before === undefined || before.method !== state.method
    this.#state = state
    if (isNew || state.notice || (before.busy === 'send' && !state.busy)) this.#codeField.empty()
    this.#write(state)
    if (isNew || (state.notice && !state.busy)) this.#focusOn(state)
    else if (state.complaint?.isAboutField) focusAndSelect(this.#parts.code)
  }

  showTimeLeft(now: number): void {
    if (!this.#state) return
    const time = clockOf(this.#state.expiresAt - now)
    write(this.#parts.timeLeft, this.#words.speak({ key: 'challenge.expires', values: { time } }))
  }

  /** The local stack keeps what it would have sent: whoever tries it out needs a way to the code. */
  offerLocalMessages(authsignalUrl: string): void {
    const { hostname, origin } = new URL(authsignalUrl)
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
    if (isLocal) this.#localMessages = `${origin}/local/messages`
  }

  #listen(): void {
    const { codeForm, code, resend, another, device, repeat, leavePage } = this.#parts
    onSubmit(codeForm, () => this.#acts?.onCode(code.value))
    onClick(resend, () => this.#acts?.onResend())
    onClick(another, () => this.#acts?.onAnother())
    onClick(device, () => this.#acts?.onConfirm())
    onClick(repeat, () => this.#acts?.onRepeat())
    onClick(leavePage, () => this.#acts?.onAnother())
  }

  #write(state: ChallengeState): void {
    const { codeForm, linkStage, deviceStage, pageStage, chooseStage } = this.#parts
    const stage = stageOf(state.method)
    codeForm.hidden = stage !== 'code'
    // What has failed is not waited for.
    linkStage.hidden = stage !== 'link' || state.complaint !== undefined
    deviceStage.hidden = stage !== 'device'
    pageStage.hidden = stage !== 'page'
    chooseStage.hidden = stage !== 'choose'
    this.#writeHead(state)
    this.#writeButtons(state)
    this.#writeComplaint(state)
    if (stage === 'choose') this.#writeMethods(state.methods)
    this.showTimeLeft(Date.now())
  }

  #writeHead({ method, address, notice, busy }: ChallengeState): void {
    const { title, lead, linkWaiting, pageWaiting } = this.#parts
    write(title, this.#words.text(method ? `method.${method}.title` : 'choose.title'))
    // What has just happened takes its place, so that nothing below has to move.
    const message = busy === 'send' ? SENDING : (notice ?? this.#leadOf(method, address))
    write(lead, this.#words.speak(message))
    lead.classList.toggle('news', notice !== undefined)
    write(
      linkWaiting,
      this.#words.text(busy === 'send' ? 'challenge.sending' : 'challenge.linkWaiting'),
    )
    write(pageWaiting, this.#words.text(pageText(method)))
    this.#linkLocalMessages(isSent(method) ? address : undefined)
  }

  #writeButtons({ method, methods, busy, canRepeat }: ChallengeState): void {
    const { code, verify, resend, another, device, repeat, leavePage } = this.#parts
    const isCalling = busy === 'send' || busy === 'prove'
    const words = this.#words
    code.readOnly = isCalling
    const isProving = busy === 'prove'
    setBusy(verify, isProving, words.text(isProving ? 'challenge.verifying' : 'challenge.verify'))
    setDisabled(verify, isCalling)

    resend.hidden = !isSent(method)
    if (isSent(method)) {
      const key: TextKey = busy === 'send' ? 'challenge.sending' : `method.${method}.again`
      setBusy(resend, busy === 'send', words.text(key))
    }
    const isAsking = busy === 'device' || isProving
    const use = method === 'key' ? 'method.key.use' : 'method.passkey.use'
    setBusy(device, isAsking, words.text(isAsking ? 'challenge.deviceBusy' : use))
    write(repeat, words.text('account.retry'))
    repeat.hidden = !canRepeat || isCode(method) || method === 'passkey' || method === 'key'
    another.hidden = method === undefined || isPage(method) || methods.length < 2
    leavePage.hidden = method === 'redirect'
    for (const button of [resend, another, leavePage]) setDisabled(button, isCalling)
  }

  #writeComplaint({ method, complaint }: ChallengeState): void {
    const { code, codeError, error } = this.#parts
    const isAtCode = isCode(method)
    complain(this.#words, codeError, isAtCode ? complaint : undefined, code)
    complain(this.#words, error, isAtCode ? undefined : complaint)
  }

  #writeMethods(methods: readonly Method[]): void {
    const { methodList, hostedList, hosted } = this.#parts
    const own = methods.filter((method) => !isPage(method))
    const pages = methods.filter((method) => isPage(method))
    methodList.replaceChildren(...own.map((method) => this.#methodItem(method)))
    hostedList.replaceChildren(...pages.map((method) => this.#methodItem(method)))
    hosted.hidden = pages.length === 0
  }

  #methodItem(method: Method): HTMLElement {
    const item = copyOf(this.#parts.methodTemplate)
    const button = within(item, 'button', HTMLButtonElement)
    button.prepend(iconOfMethod(this.#page, method))
    within(item, 'name', HTMLElement).textContent = this.#words.text(`method.${method}.name`)
    onClick(button, () => this.#acts?.onChoose(method))
    return item
  }

  #leadOf(method: Method | undefined, address = ''): Message {
    if (method === undefined) return { key: this.#choiceLead }
    if (isSent(method)) return { key: `method.${method}.sent`, values: { address } }
    if (method === 'app') return { key: 'method.app.sent' }
    return { key: isPage(method) ? 'method.page.lead' : 'challenge.device' }
  }

  #focusOn({ method, busy }: ChallengeState): void {
    const { code, device, title } = this.#parts
    if (isCode(method)) focusAndSelect(code)
    else if (stageOf(method) === 'device' && !busy) device.focus()
    else title.focus()
  }

  #linkLocalMessages(address: string | undefined): void {
    const link = this.#parts.localMessages
    link.hidden = this.#localMessages === undefined || address === undefined
    // To a masked address nothing was ever sent.
    const query = address && !address.includes('*') ? `?to=${encodeURIComponent(address)}` : ''
    link.href = `${this.#localMessages}${query}`
  }
}

function pageText(method: Method | undefined): TextKey {
  if (method === 'redirect') return 'challenge.pageLeaving'
  return method === 'popup' ? 'challenge.pageWaitingPopup' : 'challenge.pageWaiting'
}

type Parts = ReturnType<typeof partsOf>

function partsOf(page: Document) {
  return {
    root: part(page, 'challenge', HTMLElement),
    title: part(page, 'challenge-title', HTMLElement),
    lead: part(page, 'challenge-lead', HTMLElement),
    error: part(page, 'challenge-error', HTMLElement),
    codeForm: part(page, 'code-form', HTMLFormElement),
    code: part(page, 'code', HTMLInputElement),
    codeError: part(page, 'code-error', HTMLElement),
    verify: part(page, 'verify', HTMLButtonElement),
    linkStage: part(page, 'link-stage', HTMLElement),
    linkWaiting: part(page, 'link-waiting', HTMLElement),
    deviceStage: part(page, 'device-stage', HTMLElement),
    device: part(page, 'device', HTMLButtonElement),
    pageStage: part(page, 'page-stage', HTMLElement),
    pageWaiting: part(page, 'page-waiting', HTMLElement),
    leavePage: part(page, 'leave-page', HTMLButtonElement),
    chooseStage: part(page, 'choose-stage', HTMLElement),
    methodList: part(page, 'method-list', HTMLElement),
    hosted: part(page, 'hosted', HTMLElement),
    hostedList: part(page, 'hosted-list', HTMLElement),
    methodTemplate: part(page, 'method-template', HTMLTemplateElement),
    repeat: part(page, 'repeat', HTMLButtonElement),
    resend: part(page, 'resend', HTMLButtonElement),
    another: part(page, 'another', HTMLButtonElement),
    timeLeft: part(page, 'time-left', HTMLElement),
    localMessages: part(page, 'local-messages', HTMLAnchorElement),
  }
}

import type { VerificationMethod } from '../../../store/verification-method.ts'
import type { Complaint, Problem } from '../failure.ts'

/** Everything the page says. */
export interface Texts {
  language: string
  standIn: string
  messages: string
  action: string
  cancel: string
  back: string
  goBack: string
  tryAgain: string
  methods: Readonly<Record<VerificationMethod, { name: string; hint: string }>>
  to: (address: string) => string
  confirm: { heading: string; lead: string; anotherWay: string }
  code: {
    headings: Readonly<Record<'EMAIL_OTP' | 'SMS' | 'WHATSAPP' | 'AUTHENTICATOR_APP', string>>
    sentTo: (address: string) => string
    fromApp: string
    label: string
    hint: string
    submit: string
    resend: string
    resent: string
    wrong: string
    tooMany: string
  }
  link: {
    heading: string
    lead: (address: string) => string
    waiting: string
    resend: string
    resent: string
  }
  device: {
    use: Readonly<
      Record<'PASSKEY' | 'SECURITY_KEY', { heading: string; lead: string; button: string }>
    >
    create: Readonly<
      Record<'PASSKEY' | 'SECURITY_KEY', { heading: string; lead: string; button: string }>
    >
    waiting: string
  }
  add: { heading: string; lead: string; another: string }
  address: {
    email: { heading: string; lead: string; label: string; invalid: string }
    phoneNumber: { heading: string; lead: string; label: string; invalid: string }
    sendCode: string
    sendLink: string
  }
  app: { heading: string; scan: string; qrCode: string; secret: string; enter: string }
  settings: { heading: string; lead: string; added: (date: string) => string; done: string }
  succeeded: { heading: string; lead: string }
  quit: { heading: string; lead: string }
  openApp: string
  complaints: Readonly<Record<Complaint, string>>
  problems: Readonly<Record<Problem, { heading: string; lead: string }>>
}

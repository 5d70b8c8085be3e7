import type { Texts } from './texts.ts'

export const en: Texts = {
  language: 'en',
  standIn: 'A stand-in. Nothing is really sent.',
  messages: 'Messages',
  action: 'Action',
  cancel: 'Cancel',
  back: 'Back',
  goBack: 'Go back',
  tryAgain: 'Try again',
  methods: {
    PASSKEY: { name: 'Passkey', hint: 'Your face, fingerprint or screen lock' },
    SECURITY_KEY: { name: 'Security key', hint: 'A key you plug in or hold to your device' },
    AUTHENTICATOR_APP: { name: 'Authenticator app', hint: 'A code from an app on your phone' },
    EMAIL_OTP: { name: 'Email code', hint: 'A code sent to your inbox' },
    EMAIL_MAGIC_LINK: { name: 'Email link', hint: 'A link sent to your inbox' },
    SMS: { name: 'Text message', hint: 'A code sent to your phone' },
    WHATSAPP: { name: 'WhatsApp', hint: 'A code sent to your WhatsApp' },
  },
  to: (address) => `To ${address}`,
  confirm: {
    heading: 'Confirm it’s you',
    lead: 'Choose how you want to do it.',
    anotherWay: 'Try another way',
  },
  code: {
    headings: {
      EMAIL_OTP: 'Check your email',
      SMS: 'Check your phone',
      WHATSAPP: 'Check WhatsApp',
      AUTHENTICATOR_APP: 'Open your authenticator app',
    },
    sentTo: (address) => `Enter the six-digit code sent to ${address}.`,
    fromApp: 'Enter the six-digit code it shows.',
    label: 'Six-digit code',
    hint: 'Checked when the sixth digit is in.',
    submit: 'Confirm',
    resend: 'Send a new code',
    resent: 'A new code is on its way.',
    wrong: 'That code is not right or has expired. Check it and try again.',
    tooMany: 'Too many wrong codes. Ask for a new one to go on.',
  },
  link: {
    heading: 'Check your email',
    lead: (address) =>
      `Open the link sent to ${address} and confirm there. This page goes on by itself.`,
    waiting: 'Waiting for you to confirm…',
    resend: 'Send a new link',
    resent: 'A new link is on its way. Earlier ones no longer work.',
  },
  device: {
    use: {
      PASSKEY: {
        heading: 'Use your passkey',
        lead: 'Your device will ask for your face, fingerprint or screen lock.',
        button: 'Use passkey',
      },
      SECURITY_KEY: {
        heading: 'Use your security key',
        lead: 'Have your key at hand. Your browser will ask you to touch it.',
        button: 'Use security key',
      },
    },
    create: {
      PASSKEY: {
        heading: 'Create a passkey',
        lead: 'With a passkey you sign in with your face, fingerprint or screen lock.',
        button: 'Create passkey',
      },
      SECURITY_KEY: {
        heading: 'Add a security key',
        lead: 'Have your key at hand. Your browser will ask you to touch it.',
        button: 'Add security key',
      },
    },
    waiting: 'Follow your browser…',
  },
  add: {
    heading: 'Add a sign-in method',
    lead: 'Choose how you want to confirm it’s you from now on.',
    another: 'Add another method',
  },
  address: {
    email: {
      heading: 'Add your email address',
      lead: 'You will have to show that it is yours.',
      label: 'Email address',
      invalid: 'Enter an email address like name@example.com.',
    },
    phoneNumber: {
      heading: 'Add your phone number',
      lead: 'You will have to show that it is yours.',
      label: 'Phone number',
      invalid: 'Enter a phone number with country code, like +64 21 123 456.',
    },
    sendCode: 'Send code',
    sendLink: 'Send link',
  },
  app: {
    heading: 'Set up your authenticator app',
    scan: 'Scan this with your app.',
    qrCode: 'QR code for the authenticator app',
    secret: 'Or type in this key:',
    enter: 'Then enter the code the app shows.',
  },
  settings: {
    heading: 'Your sign-in methods',
    lead: 'These can be used to confirm it’s you.',
    added: (date) => `Added ${date}`,
    done: 'Done',
  },
  succeeded: { heading: 'You’re done', lead: 'You can close this page.' },
  quit: { heading: 'Nothing was confirmed', lead: 'You can close this page.' },
  openApp: 'Open the app',
  complaints: {
    tooManyRequests: 'That was too often. Wait a few minutes and try again.',
    noConnection: 'No connection. Check your network and try again.',
    unavailable: 'That did not work. Please try again in a moment.',
    invalidInput: 'That could not be used. Please start over.',
    credentialRefused: 'This one cannot be used here. Try another.',
    cancelled: 'That was cancelled or took too long. Try again.',
    alreadyAdded: 'You have added this one already.',
    notSupported: 'Your browser cannot do this here. Try another way.',
  },
  problems: {
    expired: {
      heading: 'This page has expired',
      lead: 'To keep you safe it works for a short time only. Go back to where you came from and start again.',
    },
    broken: {
      heading: 'This link does not work',
      lead: 'It may be incomplete. Go back to where you came from and start again.',
    },
    refused: {
      heading: 'This is not possible',
      lead: 'The request was not allowed, so there is nothing to confirm here.',
    },
    noMethod: {
      heading: 'Another method is needed',
      lead: 'None of the methods you have set up may be used for this.',
    },
    unavailable: {
      heading: 'Something went wrong',
      lead: 'It is not your fault. Please try again in a moment.',
    },
  },
}

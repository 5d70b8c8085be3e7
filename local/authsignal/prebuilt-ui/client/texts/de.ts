import type { Texts } from './texts.ts'

export const de: Texts = {
  language: 'de',
  standIn: 'Nur ein Ersatz. Es wird nichts verschickt.',
  messages: 'Nachrichten',
  action: 'Vorgang',
  cancel: 'Abbrechen',
  back: 'Zurück',
  goBack: 'Zurück',
  tryAgain: 'Erneut versuchen',
  methods: {
    PASSKEY: { name: 'Passkey', hint: 'Gesicht, Fingerabdruck oder Displaysperre' },
    SECURITY_KEY: { name: 'Sicherheitsschlüssel', hint: 'Zum Einstecken oder Anhalten' },
    AUTHENTICATOR_APP: { name: 'Authenticator-App', hint: 'Ein Code aus einer App auf dem Handy' },
    EMAIL_OTP: { name: 'Code per E-Mail', hint: 'Ein Code an Ihr Postfach' },
    EMAIL_MAGIC_LINK: { name: 'Link per E-Mail', hint: 'Ein Link an Ihr Postfach' },
    SMS: { name: 'SMS', hint: 'Ein Code an Ihr Handy' },
    WHATSAPP: { name: 'WhatsApp', hint: 'Ein Code an Ihr WhatsApp' },
  },
  to: (address) => `An ${address}`,
  confirm: {
    heading: 'Bestätigen Sie, dass Sie es sind',
    lead: 'Wählen Sie, wie Sie das tun möchten.',
    anotherWay: 'Andere Methode wählen',
  },
  code: {
    headings: {
      EMAIL_OTP: 'Sehen Sie in Ihr Postfach',
      SMS: 'Sehen Sie auf Ihr Handy',
      WHATSAPP: 'Sehen Sie in WhatsApp',
      AUTHENTICATOR_APP: 'Öffnen Sie Ihre Authenticator-App',
    },
    sentTo: (address) => `Geben Sie den sechsstelligen Code ein, der an ${address} ging.`,
    fromApp: 'Geben Sie den sechsstelligen Code ein, den sie zeigt.',
    label: 'Sechsstelliger Code',
    hint: 'Wird nach der sechsten Ziffer geprüft.',
    submit: 'Bestätigen',
    resend: 'Neuen Code senden',
    resent: 'Ein neuer Code ist unterwegs.',
    wrong: 'Der Code stimmt nicht oder ist abgelaufen. Bitte prüfen Sie ihn.',
    tooMany: 'Zu viele falsche Codes. Fordern Sie einen neuen an.',
  },
  link: {
    heading: 'Sehen Sie in Ihr Postfach',
    lead: (address) =>
      `Öffnen Sie den Link, der an ${address} ging, und bestätigen Sie dort. Hier geht es dann von selbst weiter.`,
    waiting: 'Wir warten auf Ihre Bestätigung …',
    resend: 'Neuen Link senden',
    resent: 'Ein neuer Link ist unterwegs. Frühere gelten nicht mehr.',
  },
  device: {
    use: {
      PASSKEY: {
        heading: 'Passkey verwenden',
        lead: 'Ihr Gerät fragt nach Gesicht, Fingerabdruck oder Displaysperre.',
        button: 'Passkey verwenden',
      },
      SECURITY_KEY: {
        heading: 'Sicherheitsschlüssel verwenden',
        lead: 'Halten Sie ihn bereit. Der Browser bittet Sie, ihn zu berühren.',
        button: 'Sicherheitsschlüssel verwenden',
      },
    },
    create: {
      PASSKEY: {
        heading: 'Passkey erstellen',
        lead: 'Damit melden Sie sich mit Gesicht, Fingerabdruck oder Displaysperre an.',
        button: 'Passkey erstellen',
      },
      SECURITY_KEY: {
        heading: 'Sicherheitsschlüssel hinzufügen',
        lead: 'Halten Sie ihn bereit. Der Browser bittet Sie, ihn zu berühren.',
        button: 'Sicherheitsschlüssel hinzufügen',
      },
    },
    waiting: 'Folgen Sie dem Browser …',
  },
  add: {
    heading: 'Anmeldemethode hinzufügen',
    lead: 'Wählen Sie, wie Sie sich künftig bestätigen möchten.',
    another: 'Weitere Methode hinzufügen',
  },
  address: {
    email: {
      heading: 'E-Mail-Adresse hinzufügen',
      lead: 'Sie müssen zeigen, dass sie Ihnen gehört.',
      label: 'E-Mail-Adresse',
      invalid: 'Geben Sie eine Adresse wie name@example.com ein.',
    },
    phoneNumber: {
      heading: 'Telefonnummer hinzufügen',
      lead: 'Sie müssen zeigen, dass sie Ihnen gehört.',
      label: 'Telefonnummer',
      invalid: 'Geben Sie die Nummer mit Landesvorwahl ein, etwa +49 151 12345678.',
    },
    sendCode: 'Code senden',
    sendLink: 'Link senden',
  },
  app: {
    heading: 'Authenticator-App einrichten',
    scan: 'Scannen Sie das mit Ihrer App.',
    qrCode: 'QR-Code für die Authenticator-App',
    secret: 'Oder tippen Sie diesen Schlüssel ab:',
    enter: 'Geben Sie dann den Code ein, den die App zeigt.',
  },
  settings: {
    heading: 'Ihre Anmeldemethoden',
    lead: 'Damit können Sie sich bestätigen.',
    added: (date) => `Hinzugefügt am ${date}`,
    done: 'Fertig',
  },
  succeeded: { heading: 'Alles erledigt', lead: 'Sie können diese Seite schließen.' },
  quit: { heading: 'Es wurde nichts bestätigt', lead: 'Sie können diese Seite schließen.' },
  openApp: 'App öffnen',
  complaints: {
    tooManyRequests: 'Das war zu oft. Warten Sie einige Minuten und versuchen Sie es erneut.',
    noConnection: 'Keine Verbindung. Prüfen Sie Ihr Netz und versuchen Sie es erneut.',
    unavailable: 'Das hat nicht geklappt. Versuchen Sie es gleich noch einmal.',
    invalidInput: 'Das ließ sich nicht verwenden. Bitte beginnen Sie von vorn.',
    credentialRefused: 'Das lässt sich hier nicht verwenden. Versuchen Sie etwas anderes.',
    cancelled: 'Das wurde abgebrochen oder dauerte zu lange. Versuchen Sie es erneut.',
    alreadyAdded: 'Das haben Sie schon hinzugefügt.',
    notSupported: 'Ihr Browser kann das hier nicht. Wählen Sie eine andere Methode.',
  },
  problems: {
    expired: {
      heading: 'Diese Seite ist abgelaufen',
      lead: 'Zu Ihrer Sicherheit gilt sie nur kurz. Gehen Sie zurück und beginnen Sie von vorn.',
    },
    broken: {
      heading: 'Dieser Link funktioniert nicht',
      lead: 'Vielleicht ist er unvollständig. Gehen Sie zurück und beginnen Sie von vorn.',
    },
    refused: {
      heading: 'Das ist nicht möglich',
      lead: 'Der Vorgang wurde nicht zugelassen. Hier gibt es nichts zu bestätigen.',
    },
    noMethod: {
      heading: 'Eine andere Methode ist nötig',
      lead: 'Keine Ihrer Methoden darf hierfür verwendet werden.',
    },
    unavailable: {
      heading: 'Etwas ist schiefgegangen',
      lead: 'Es liegt nicht an Ihnen. Versuchen Sie es gleich noch einmal.',
    },
  },
}

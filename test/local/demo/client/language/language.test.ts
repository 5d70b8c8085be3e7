import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import {
  otherLanguage,
  pickLanguage,
  say,
  speak,
  TABLES,
} from '../../../../../local/demo/client/language/language.ts'

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()

t.test('both languages say the same things, with the same placeholders', (t) => {
  const { en, de } = TABLES
  t.strictSame(Object.keys(de).toSorted(), Object.keys(en).toSorted())
  for (const [key, text] of Object.entries(en)) {
    const german = Object.entries(de).find(([name]) => name === key)?.[1] ?? ''
    t.strictSame(placeholders(german), placeholders(text), key)
    t.not(german.trim(), '', key)
  }
  t.end()
})

t.test('the page names no text that is not there', async (t) => {
  const page = await readFile('local/demo/client/index.html', 'utf8')
  const named = [...page.matchAll(/data-(?:text|aria)="([^"]+)"/g)].map(([, key]) => key)
  t.ok(named.length > 50)
  for (const key of named) t.ok(Object.hasOwn(TABLES.en, key ?? ''), String(key))
})

t.test('no text is there that nobody says', async (t) => {
  const dir = 'local/demo/client'
  const files = (await readdir(dir, { recursive: true })).filter(
    (file) => /\.(ts|html)$/.test(file) && !/language\/(en|de)\.ts$/.test(file),
  )
  const sources = await Promise.all(files.map((file) => readFile(`${dir}/${file}`, 'utf8')))
  const said = sources.join('\n')
  for (const key of Object.keys(TABLES.en)) {
    // Such as `method.${method}.title`.
    const pattern = key.replace(/^(method|identify)\.(\w+)/, '$1.(?:$2|\\${\\w+})')
    t.ok(new RegExp(`['"\`]${pattern}['"\`]`).test(said), key)
  }
})

t.test('puts values in, and messages as values', (t) => {
  const wait = say('wait.seconds', { count: 4 })
  const message = say('error.tooMany', { wait })
  t.equal(speak('en', message), 'Too many attempts. Please try again in 4 seconds.')
  t.equal(speak('de', message), 'Zu viele Versuche. Bitte versuche es in 4 Sekunden noch einmal.')
  t.equal(speak('en', say('challenge.expires')), 'Expires in {time}', 'a missing one shows')
  t.end()
})

t.test('writes amounts as people of the language do', (t) => {
  const message = say('payment.done', { amount: { euros: 1250.5 } })
  t.equal(speak('en', message), 'Paid €1,250.50.')
  t.equal(speak('de', message).replace(/\s/g, ' '), '1.250,50 € bezahlt.')
  t.end()
})

t.test('a value cannot smuggle in a placeholder', (t) => {
  t.equal(
    speak('en', say('method.email.sent', { address: '{address}@x' })),
    'We sent a code to {address}@x.',
  )
  t.end()
})

t.test('speaks the first of the preferred languages that it knows', (t) => {
  t.equal(pickLanguage(['fr-CA', 'de-AT', 'en']), 'de')
  t.equal(pickLanguage(['en-NZ', 'de']), 'en')
  t.equal(pickLanguage(['fr', 'den']), 'en')
  t.equal(pickLanguage([]), 'en')
  t.equal(otherLanguage(otherLanguage('de')), 'de')
  t.end()
})

import { DE } from './de.ts'
import { EN } from './en.ts'

export type TextKey = keyof typeof EN

/** What is to be said, whatever the language. Logic deals in these; only the view speaks. */
export interface Message {
  key: TextKey
  values?: Values
}

type Values = Readonly<Record<string, string | number | Message | { euros: number }>>

export type Language = 'en' | 'de'

export const TABLES: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = {
  en: EN,
  de: DE,
}

export function say(key: TextKey, values?: Values): Message {
  return values ? { key, values } : { key }
}

/** The message in words. A value may be a message itself. */
export function speak(language: Language, { key, values = {} }: Message): string {
  return TABLES[language][key].replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name]
    if (value === undefined) return placeholder
    if (typeof value !== 'object') return String(value)
    return 'euros' in value ? inEuros(language, value.euros) : speak(language, value)
  })
}

export function inEuros(language: Language, amount: number): string {
  return new Intl.NumberFormat(language, { style: 'currency', currency: 'EUR' }).format(amount)
}

/** The first of the browser's languages that the page speaks, else English. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const [primary] = tag.toLowerCase().split('-')
    if (primary === 'en' || primary === 'de') return primary
  }
  return 'en'
}

export function otherLanguage(language: Language): Language {
  return language === 'en' ? 'de' : 'en'
}

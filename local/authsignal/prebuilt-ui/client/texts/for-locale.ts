import { de } from './de.ts'
import { en } from './en.ts'
import type { Texts } from './texts.ts'

/** German where track asked for it, else English. */
export function textsFor(locale: string | undefined): Texts {
  return /^de(-|$)/i.test(locale ?? '') ? de : en
}

import type { Clock } from '../../support/clock.ts'
import { CATEGORIES, categoryNames, isCategory, type Category } from './categories.ts'

/** What is left out is as a new account has it. */
export interface QuotaSettings {
  /** Calls per second, fractions too, to make a small Cognito. */
  categories?: Partial<Record<Category, number>>
  /** Reads of one user per second, and as many writes; 10 by default. */
  perUser?: number
  /** What time it is to them; the stand-in's own clock by default. */
  clock?: Clock
}

/**
 * Reads what stands in an environment: nothing for no quotas, `default`, or those that differ from it
 * (`UserAuthentication=5,perUser=2`).
 */
export function readQuotas(text: string | undefined): QuotaSettings | undefined {
  if (!text) return undefined
  const settings: QuotaSettings & { categories: Partial<Record<Category, number>> } = {
    categories: {},
  }
  if (text === 'default') return settings
  for (const entry of text.split(',')) {
    const [name = '', value = ''] = entry.trim().split('=')
    const perSecond = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
    if (isCategory(name)) settings.categories[name] = checked(name, perSecond)
    else if (name === 'perUser') settings.perUser = checked(name, perSecond)
    else throw new Error(`no quota '${name}': one of ${categoryNames.join(', ')}, perUser`)
  }
  return settings
}

/** As AWS would have it: what is not adjustable can be made less here, and not more. */
export function checked(name: Category | 'perUser', perSecond: number): number {
  if (!(perSecond > 0)) throw new Error(`the quota ${name} must be a number of calls per second`)
  const most = mostOf(name)
  if (perSecond > most) throw new Error(`the quota ${name} is not adjustable: ${most} at most`)
  return perSecond
}

/** AWS docs: 10 reads and 10 writes per second and user. */
export const PER_USER = 10

function mostOf(name: Category | 'perUser'): number {
  if (name === 'perUser') return PER_USER
  const { adjustable, perSecond } = CATEGORIES[name]
  return adjustable ? Infinity : perSecond
}

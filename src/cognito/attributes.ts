import type { AttributeType } from '@aws-sdk/client-cognito-identity-provider'
import { isText } from './tokens.ts'

/** A user's attributes by name; undefined when the answer holds no such list. */
export function readAttributes(list: unknown): Record<string, string> | undefined {
  if (!Array.isArray(list)) return undefined
  const attributes: Record<string, string> = {}
  for (const entry of list) {
    const { Name, Value }: { Name?: unknown; Value?: unknown } = Object(entry)
    if (isText(Name) && typeof Value === 'string') attributes[Name] = Value
  }
  return attributes
}

/** The list that the operations take. */
export function toAttributes(attributes: Readonly<Record<string, string>>): AttributeType[] {
  return Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
}

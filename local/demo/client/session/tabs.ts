import { fieldIn, stringIn } from '../json.ts'
import { readTokens, type Tokens } from '../api/sign-in-api.ts'

/** What the tabs of one browser tell each other. Only pages of this origin can listen. */
export type TabMessage =
  | { kind: 'who' }
  | { kind: 'tokens'; signInId: string; tokens: Tokens; expiresAt: number }
  | { kind: 'ended'; signInId: string }

export interface Tabs {
  tell(message: TabMessage): void
  onMessage: (message: TabMessage) => void
  /** One tab at a time, of all that use the same name. */
  exclusively(name: string, work: () => Promise<void>): Promise<void>
}

/** An older version of the page may be open in another tab. */
export function readTabMessage(data: unknown): TabMessage | undefined {
  const kind = stringIn(data, 'kind')
  if (kind === 'who') return { kind }
  const signInId = stringIn(data, 'signInId')
  if (signInId === undefined) return undefined
  if (kind === 'ended') return { kind, signInId }
  const tokens = readTokens(fieldIn(data, 'tokens'))
  const expiresAt = fieldIn(data, 'expiresAt')
  if (kind !== 'tokens' || !tokens || typeof expiresAt !== 'number') return undefined
  return { kind, signInId, tokens, expiresAt }
}

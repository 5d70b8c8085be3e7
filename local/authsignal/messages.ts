import { sameAddress } from './store/address.ts'

/** A message that the real service would have sent. */
export interface Message {
  to: string
  channel: 'email' | 'sms' | 'whatsapp'
  code?: string
  url?: string
  sentAt: string
}

const MESSAGES_KEPT = 1_000

export class Messages {
  #newestFirst: Message[] = []

  send(message: Message): void {
    this.#newestFirst = [message, ...this.#newestFirst.slice(0, MESSAGES_KEPT - 1)]
  }

  list(to?: string): Message[] {
    return this.#newestFirst.filter((m) => to === undefined || sameAddress(m.to, to))
  }

  clear(): void {
    this.#newestFirst = []
  }
}

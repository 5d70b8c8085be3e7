import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { read } from './input.ts'
import type { Messages } from './messages.ts'
import { Rule, type Rules } from './rules.ts'

const MessagesQuery = Type.Object({ to: Type.Optional(Type.String()) })

/** No part of the imitated API: how tests and people read codes and steer the rules. */
export function sideDoors(
  app: FastifyInstance,
  { messages, rules }: { messages: Messages; rules: Rules },
): void {
  app.get('/local/messages', (request) => messages.list(read(MessagesQuery, request.query).to))
  app.delete('/local/messages', () => {
    messages.clear()
    return {}
  })
  app.post('/local/rules', (request) => ({ ruleId: rules.add(read(Rule, request.body)) }))
  app.delete('/local/rules', () => {
    rules.clear()
    return {}
  })
}

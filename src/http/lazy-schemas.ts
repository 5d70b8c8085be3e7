import { setImmediate as nextTurn } from 'node:timers/promises'
import { AjvCompiler } from '@fastify/ajv-compiler'
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { FastifyServerOptions } from 'fastify'

type Factories = NonNullable<
  NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']
>

export interface LazySchemas {
  compilersFactory: Factories
  /** Compiles what no request has needed yet, one in a turn of the event loop. */
  compileRest(): Promise<void>
}

/**
 * Fastify's own compilers, which it would run for all routes before it listens: nearly half of the time
 * a start took. So each runs when it is needed, and the rest of them once the service is there.
 */
export function lazySchemas(): LazySchemas {
  const waiting = new Set<() => unknown>()
  /** Runs once, whoever asks first. */
  function once<Made>(make: () => Made): () => Made {
    let made: { value: Made } | undefined
    const get = () => {
      waiting.delete(get)
      made ??= { value: make() }
      return made.value
    }
    waiting.add(get)
    return get
  }

  // Not before: they are loaded as they are called (scripts/quick-start.ts).
  const validators = once(() => AjvCompiler())
  const serializers = once(() => SerializerSelector())
  const buildValidator = (...given: Parameters<ReturnType<typeof AjvCompiler>>) =>
    validators()(...given)
  const buildSerializer = (...given: Parameters<ReturnType<typeof SerializerSelector>>) =>
    serializers()(...given)
  return {
    compilersFactory: {
      buildValidator: (...given: Parameters<typeof buildValidator>) => {
        const compiler = once(() => buildValidator(...given))
        return (route: Parameters<ReturnType<typeof buildValidator>>[0]) => {
          const validator = once(() => compiler()(route))
          const validate = (data: unknown) => {
            const compiled = validator()
            const isValid = compiled(data)
            // Fastify reads what is wrong from the function itself.
            Object.assign(validate, { errors: compiled.errors })
            return isValid
          }
          // @ts-expect-error Of all that ajv's functions have, Fastify uses no more than that.
          const asOfAjv: ReturnType<ReturnType<typeof buildValidator>> = validate
          return asOfAjv
        }
      },
      buildSerializer: (schemas, options) => {
        const compiler = once(() => buildSerializer(schemas, options))
        const known = new Map<string, (data: unknown) => string>()
        return (route) => {
          // Most answers are the same few problems.
          const name = JSON.stringify(route.schema)
          const found = known.get(name)
          if (found !== undefined) return found
          const serializer = once(() => compiler()(route))
          const serialize = (data: unknown) => serializer()(data)
          known.set(name, serialize)
          return serialize
        }
      },
    },

    async compileRest() {
      for (const compile of waiting) {
        await nextTurn()
        compile()
      }
    },
  }
}

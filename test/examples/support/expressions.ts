import { isObject, type Json } from '../../../src/kube/json.ts'

/** What the expressions of a job can use: its contexts by name, and the functions about its status. */
export type World = {
  contexts: Readonly<Record<string, Json>>
  status: Readonly<Record<StatusFunction, boolean>>
}

export type StatusFunction = 'success' | 'failure' | 'cancelled' | 'always'

/** Contexts in which a name that is missing is a mistake of the workflow or of the test. */
const COMPLETE = new Set(['inputs', 'secrets', 'github', 'runner', 'vars'])
const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(==|!=|&&|\|\||[()[\].,!]))/y

/** The text of a value with all its expressions evaluated. */
export function filledIn(text: string, world: World): string {
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, expression: string) =>
    textOf(evaluate(expression, world)),
  )
}

/** Whether a condition holds. Without a function about the status, it also needs success(). */
export function holds(condition: string, world: World): boolean {
  const [, inner] = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(condition) ?? []
  const expression = inner ?? condition
  const asksStatus = /\b(success|failure|cancelled|always)\(\)/.test(expression)
  return (asksStatus || world.status.success) && isTruthy(evaluate(expression, world))
}

/** The value of an expression of GitHub Actions, with the operators and functions that the workflows use. */
export function evaluate(expression: string, world: World): Json {
  const parser = new Parser(expression, world)
  const value = parser.either()
  parser.end()
  return value
}

/** As GitHub shows a value: null is the empty text. */
function textOf(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isTruthy(value: Json): boolean {
  return value !== null && value !== false && value !== 0 && value !== ''
}

function numberOf(value: Json): number {
  return value === null ? 0 : Number(typeof value === 'object' ? Number.NaN : value)
}

/** Texts are compared without regard to case; values of different types are compared as numbers. */
function isEqual(left: Json, right: Json): boolean {
  if (typeof left === 'string' && typeof right === 'string')
    return left.toLowerCase() === right.toLowerCase()
  if (left === null || right === null) return left === right || numberOf(left) === numberOf(right)
  return numberOf(left) === numberOf(right)
}

class Parser {
  private readonly tokens: string[]
  private readonly world: World
  private at = 0

  constructor(expression: string, world: World) {
    this.world = world
    this.tokens = tokensOf(expression)
  }

  end(): void {
    if (this.at < this.tokens.length) throw this.unexpected()
  }

  either(): Json {
    let value = this.both()
    while (this.takes('||')) {
      const right = this.both()
      value = isTruthy(value) ? value : right
    }
    return value
  }

  private both(): Json {
    let value = this.compared()
    while (this.takes('&&')) {
      const right = this.compared()
      value = isTruthy(value) ? right : value
    }
    return value
  }

  private compared(): Json {
    const left = this.negated()
    if (this.takes('==')) return isEqual(left, this.negated())
    if (this.takes('!=')) return !isEqual(left, this.negated())
    return left
  }

  private negated(): Json {
    return this.takes('!') ? !isTruthy(this.negated()) : this.access()
  }

  private access(): Json {
    let path = this.peek()
    let value = this.primary()
    for (;;) {
      let key: Json
      if (this.takes('.')) key = this.next()
      else if (this.takes('[')) {
        key = this.either()
        this.expect(']')
      } else return value
      const known = memberOf(value, key)
      if (known === undefined && COMPLETE.has(path)) throw new Error(`no value for ${path}.${key}`)
      path = ''
      value = known ?? null
    }
  }

  private primary(): Json {
    const token = this.next()
    if (token === '(') {
      const value = this.either()
      this.expect(')')
      return value
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (/^\d/.test(token)) return Number(token)
    if (token === 'null') return null
    if (token === 'true' || token === 'false') return token === 'true'
    if (this.takes('(')) return this.called(token)
    const context = this.world.contexts[token]
    if (context === undefined) throw new Error(`there is no context ${token} here`)
    return context
  }

  private called(name: string): Json {
    const given: Json[] = []
    while (!this.takes(')')) {
      given.push(this.either())
      this.takes(',')
    }
    const [first = null, second = null] = given
    if (name in this.world.status) return this.world.status[name as StatusFunction]
    if (name === 'fromJSON') return JSON.parse(textOf(first)) as Json
    if (name === 'join')
      return (Array.isArray(first) ? first : [first]).map(textOf).join(textOf(second))
    if (name === 'contains' && Array.isArray(first))
      return first.some((each) => isEqual(each, second))
    if (name === 'contains')
      return textOf(first).toLowerCase().includes(textOf(second).toLowerCase())
    if (name === 'format')
      return textOf(first).replace(/\{(\d+)\}/g, (_, index) =>
        textOf(given[Number(index) + 1] ?? null),
      )
    throw new Error(`unsupported function ${name}`)
  }

  private peek(): string {
    return this.tokens[this.at] ?? ''
  }

  private next(): string {
    const token = this.peek()
    if (token === '') throw this.unexpected()
    this.at += 1
    return token
  }

  private takes(token: string): boolean {
    if (this.peek() !== token) return false
    this.at += 1
    return true
  }

  private expect(token: string): void {
    if (!this.takes(token)) throw this.unexpected()
  }

  private unexpected(): Error {
    return new Error(`unsupported expression ${this.tokens.join(' ')} at ${this.peek()}`)
  }
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  const text = expression.trimEnd()
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text)
    if (found === null) throw new Error(`unsupported expression ${text}`)
    tokens.push(found[0].trim())
  }
  return tokens
}

function memberOf(value: Json, key: Json): Json | undefined {
  if (Array.isArray(value)) return value[numberOf(key)]
  return isObject(value) ? value[textOf(key)] : undefined
}

/** An element of XML, with the text between its tags. */
export type XmlElement = {
  name: string
  attributes: Readonly<Record<string, string>>
  children: readonly XmlElement[]
  text: string
}

/** What an element of JUnit XML may have. Source: junit-10.xsd of Jenkins' xunit plugin. */
type Shape = {
  required: readonly string[]
  optional: readonly string[]
  children: readonly string[]
  hasText?: true
}

const RESULT: Shape = { required: [], optional: ['type', 'message'], children: [], hasText: true }

const SHAPES: Readonly<Record<string, Shape>> = {
  testsuites: {
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite'],
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors'],
    optional: [
      ...['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package'],
      ...['file', 'log', 'url'],
    ],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { required: [], optional: [], children: ['property'] },
  property: { required: ['name', 'value'], optional: [], children: [] },
  testcase: {
    required: ['name'],
    optional: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  skipped: RESULT,
  error: RESULT,
  failure: RESULT,
}

/** The type SUREFIRE_TIME of that schema. */
const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/

/** The suite of a JUnit file. Throws where the text is not well-formed, or has what the schema does not. */
export function readJunit(text: string): XmlElement {
  const root = readXml(text)
  if (root.name !== 'testsuites') throw new Error(`the root is ${root.name}`)
  check(root)
  const [suite, ...more] = root.children
  if (suite === undefined || more.length > 0) throw new Error('there must be one suite')
  return suite
}

function check({ name, attributes, children, text }: XmlElement): void {
  const shape = SHAPES[name]
  if (shape === undefined) throw new Error(`${name} is not in the schema`)
  const { required, optional, hasText } = shape
  for (const attribute of required)
    if (!(attribute in attributes)) throw new Error(`${name} has no ${attribute}`)
  for (const attribute of Object.keys(attributes))
    if (![...required, ...optional].includes(attribute))
      throw new Error(`${name} cannot have ${attribute}`)
  if (!TIME.test(attributes.time ?? '')) throw new Error(`${attributes.time} is no time`)
  if (!hasText && text.trim() !== '') throw new Error(`${name} cannot have the text ${text}`)
  for (const child of children) {
    if (!shape.children.includes(child.name)) throw new Error(`${child.name} within ${name}`)
    check(child)
  }
}

const TOKEN = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|[^<]+/y
/** What XML 1.0 allows. */
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u

/** Reads the XML that programs write: elements, attributes, text and entities by number. */
function readXml(text: string): XmlElement {
  if (!CHARACTERS.test(text)) throw new Error('a character that XML does not have')
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
  if (!text.startsWith(head)) throw new Error('no XML declaration')
  type Open = XmlElement & { children: XmlElement[] }
  const top: Open = { name: '', attributes: {}, children: [], text: '' }
  const open: Open[] = [top]
  for (const [token, closing, name, attributes = '', alone] of tokensOf(text, head.length)) {
    const current = open.at(-1) ?? top
    if (name === undefined) current.text += decoded(token)
    else if (closing === '/') {
      if (open.length < 2 || current.name !== name) throw new Error(`</${name}> closes nothing`)
      open.pop()
    } else {
      const element: Open = { name, attributes: attributesIn(attributes), children: [], text: '' }
      current.children.push(element)
      if (alone !== '/') open.push(element)
    }
  }
  const [root, ...more] = top.children
  if (open.length !== 1 || root === undefined || more.length > 0) throw new Error('no single root')
  return root
}

function tokensOf(text: string, start: number): RegExpExecArray[] {
  const tokens: RegExpExecArray[] = []
  TOKEN.lastIndex = start
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(text)
    if (token === null) throw new Error(`not well-formed: ${text.slice(at, at + 80)}`)
    tokens.push(token)
  }
  return tokens
}

function attributesIn(text: string): Record<string, string> {
  const all = [...text.matchAll(/([\w-]+)="([^"]*)"/g)]
  const attributes = Object.fromEntries(
    all.map(([, name = '', value = '']) => [name, decoded(value)]),
  )
  if (Object.keys(attributes).length < all.length) throw new Error(`an attribute twice: ${text}`)
  return attributes
}

function decoded(text: string): string {
  if (/&(?!#\d+;)/.test(text) || text.includes(']]>')) throw new Error(`not escaped: ${text}`)
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

import {
  listAt,
  numberAt,
  objectAt,
  parseJson,
  textAt,
  without,
} from '../../sandbox/objects/json.ts'

const PREFIX = 'istio-traffic-shift/'

export function uidIn(text: string): string {
  return textAt(parseJson(text), 'metadata', 'uid') ?? ''
}

/** Whether the object has the journal of any run. */
export function hasJournal(text: string): boolean {
  return journalsIn(text).length > 0
}

/** The object without the journals of runs. */
export function withoutJournal(text: string): string {
  const object = objectAt(parseJson(text))
  const metadata = objectAt(object, 'metadata')
  const annotations = journalsIn(text).reduce(without, objectAt(metadata, 'annotations'))
  const rest = without(metadata, 'annotations')
  const others = Object.keys(annotations).length > 0
  return textOf({ ...object, metadata: others ? { ...metadata, annotations } : rest })
}

/** The object without the response header that names a destination. No other headers or filters are in these objects. */
export function withoutStamps(text: string): string {
  const object = objectAt(parseJson(text))
  const spec = objectAt(object, 'spec')
  const http = listAt(spec, 'http').map((rule) => ({
    ...objectAt(rule),
    route: listAt(rule, 'route').map((item) => without(objectAt(item), 'headers')),
  }))
  const rules = listAt(spec, 'rules').map((rule) => ({
    ...objectAt(rule),
    backendRefs: listAt(rule, 'backendRefs').map((item) => without(objectAt(item), 'filters')),
  }))
  if (rules.length > 0) return textOf({ ...object, spec: { ...spec, rules } })
  return http.length === 0 ? text : textOf({ ...object, spec: { ...spec, http } })
}

/** The object without a label. */
export function unlabelled(text: string, label: string): string {
  const object = objectAt(parseJson(text))
  const metadata = objectAt(object, 'metadata')
  const labels = without(objectAt(metadata, 'labels'), label)
  const rest = without(metadata, 'labels')
  const others = Object.keys(labels).length > 0
  return textOf({ ...object, metadata: others ? { ...metadata, labels } : rest })
}

/** The percents above 0 of the object's one rule, by subset, as text to compare. */
export function weightsText(text: string): string {
  const object = parseJson(text)
  const routes = [
    ...['tcp', 'http'].flatMap((list) => listAt(object, 'spec', list, 0, 'route')),
    ...listAt(object, 'spec', 'rules', 0, 'backendRefs'),
  ]
  return percentsText(
    Object.fromEntries(
      routes.map((route) => [
        textAt(route, 'destination', 'subset') ?? textAt(route, 'name') ?? '',
        routes.length === 1 ? 100 : (numberAt(route, 'weight') ?? 0),
      ]),
    ),
  )
}

/** The percent of one of them; 0 where the rule lacks it. */
export function percentOf(text: string, subset: string): number {
  const found = weightsText(text)
    .split(', ')
    .find((one) => one.startsWith(`${subset} `))
  return Number.parseFloat(found?.slice(subset.length + 1) ?? '0')
}

/** The same of percents by destination. */
export function percentsText(percents: Readonly<Record<string, number>>): string {
  return Object.entries(percents)
    .filter(([, percent]) => percent > 0)
    .map(([name, percent]) => `${name} ${percent}%`)
    .sort()
    .join(', ')
}

function journalsIn(text: string): string[] {
  const annotations = objectAt(parseJson(text), 'metadata', 'annotations')
  return Object.keys(annotations).filter((key) => key.startsWith(PREFIX))
}

function textOf(object: object): string {
  return JSON.stringify(object, null, 1)
}

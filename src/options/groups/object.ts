import { isNamespaceName, isObjectName } from '../../kube/names.ts'
import type { ObjectName } from '../../routes/object-name.ts'
import { typeNamed } from '../../routes/types/route-types.ts'
import type { RouteSelector } from '../../routes/wanted.ts'
import { ALL_MODES, option, WEIGHING } from '../option.ts'
import { type KindAndName, kindsText, parseObjectText } from '../parse/object-text.ts'
import { parseRoute } from '../parse/route.ts'
import { oneOf, textThat } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import { MODES, type Mode } from '../values.ts'

export const MODE = option<Mode>({
  name: 'mode',
  type: 'shift, verify, plan, rollback or status',
  placeholder: 'shift|verify|plan|rollback|status',
  default: 'shift',
  text: 'shift: write the weights, then confirm them with real connections. verify: write nothing and confirm the split. plan: write nothing, open no connection, and show the edit and the number of connections that its checks take. rollback: restore the weights from before a run that was interrupted or is still in progress. status: write nothing and show whether a run is in progress and what a rollback would restore. rollback and status take no weights and open no connection.',
  modes: ALL_MODES,
  parse: oneOf(...MODES),
})

const NAMESPACE = option({
  name: 'namespace',
  type: 'name',
  placeholder: 'NAME',
  text: 'Namespace of the route object.',
  modes: ALL_MODES,
  required: 'always',
  shape: { text: true, names: 'namespaces' },
  parse: textThat(
    isNamespaceName,
    'a namespace name: at most 63 lower-case letters, digits and dashes (RFC 1123 label)',
  ),
})

const VIRTUAL_SERVICE = option({
  name: 'virtual-service',
  type: 'name',
  placeholder: 'NAME',
  text: 'Name of the VirtualService: the same as object: VirtualService/NAME. One of the two is required.',
  modes: ALL_MODES,
  shape: { text: true, names: 'virtual-services' },
  parse: textThat(
    isObjectName,
    'the name of a VirtualService, without its namespace: lower-case letters, digits, dashes and dots (RFC 1123 subdomain)',
  ),
})

const OBJECT = option<KindAndName>({
  name: 'object',
  type: 'KIND/NAME',
  placeholder: 'KIND/NAME',
  brief: 'The route object: VirtualService/NAME (or vs/NAME), HTTPRoute/NAME and so on.',
  text: 'The route object, as KIND/NAME. KIND is VirtualService (or vs), HTTPRoute, GRPCRoute, TLSRoute or TCPRoute, in any case, singular or plural.',
  modes: ALL_MODES,
  shape: { text: true, names: 'objects' },
  parse: ({ text, mustBe }) =>
    parseObjectText(text) ??
    mustBe(
      `KIND/NAME, with the kind ${kindsText()} and the name of the object without its namespace`,
    ),
})

const ROUTE = option<RouteSelector>({
  name: 'route',
  type: 'http, http:NAME, http[I], tls, tls:SNI, tls[I], tcp, tcp:PORT, tcp[I], rule:NAME or rule[I]',
  placeholder: 'http:NAME|tls:SNI|tcp:PORT|http[I]|rule:NAME|rule[I]',
  brief:
    'The rule, by name, SNI, port or position (counted from 0). Required only if several rules fit.',
  text: 'The rule to shift. Of a VirtualService: http:NAME by the name of the rule, tls:SNI by a host of its sniHosts, tcp:PORT by the port that it matches, or http[I], tls[I], tcp[I] by its position in the object, counted from 0. http, tls or tcp alone is the only rule of that kind that fits. Of an object of the Gateway API: rule:NAME or rule[I]. Required only if several rules fit; the error then lists them.',
  modes: [...WEIGHING, 'status'],
  shape: { text: true, names: 'rules' },
  // Which forms there are depends on the kind of the object.
  parse: ({ text }) => parseRoute(text),
})

export const MANIFEST = option({
  name: 'manifest',
  type: 'path of a YAML file',
  placeholder: 'PATH',
  brief:
    'Use this YAML file in place of a cluster: plan shows the edit, shift writes it. verify confirms its weights.',
  text: 'The file that holds the route object in a repository (GitOps). plan shows the edit of the file and shift writes it, one step per run; neither uses a cluster. verify with weights: current confirms the weights in the file.',
  shape: { text: true, path: 'file' },
  parse: textThat(
    (text) => !text.includes('\n'),
    'the path of a YAML file, not the content of the file',
  ),
})

export const OBJECT_OPTIONS = {
  title: 'Object',
  options: [MODE, NAMESPACE, OBJECT, VIRTUAL_SERVICE, ROUTE, MANIFEST],
}

export type ObjectOptions = {
  namespace: string
  object: ObjectName
  route: RouteSelector
  /** The YAML file that `shift` and `plan` edit instead of a cluster, and that has the current weights for `verify`. */
  manifest: string | undefined
}

export function readObject(reader: Reader): ObjectOptions {
  const namespace = reader.required(NAMESPACE) ?? ''
  const { kind, name } = readName(reader) ?? { kind: 'VirtualService', name: '' }
  return {
    namespace,
    object: { kind, namespace, name },
    route: readRoute(reader, kind),
    manifest: reader.optional(MANIFEST),
  }
}

/** The object, which is given in one of two inputs. */
function readName(reader: Reader): KindAndName | undefined {
  const hasObject = reader.given(OBJECT) !== undefined
  if (!hasObject && reader.given(VIRTUAL_SERVICE) === undefined)
    reader.refuse(
      'object',
      'ITS-INPUT-REQUIRED',
      () => 'object is required, such as VirtualService/NAME. Or use virtual-service: NAME.',
    )
  const [object, name] = [reader.optional(OBJECT), reader.optional(VIRTUAL_SERVICE)]
  const isSame = object?.kind === 'VirtualService' && object.name === name
  if (object !== undefined && name !== undefined && !isSame) {
    const { kind } = object
    const first = kind === 'VirtualService' ? object.name : `${kind}/${object.name}`
    reader.refuse(
      'object',
      'ITS-INPUTS-CONFLICT',
      (shown) =>
        `object and virtual-service name different objects: ${shown(first)} and ${shown(name)}. Use one of them.`,
    )
  }
  return object ?? (name === undefined ? undefined : { kind: 'VirtualService', name })
}

/** The rule, in one of the forms that the kind of the object has. */
function readRoute(reader: Reader, kind: string): RouteSelector {
  const text = reader.given(ROUTE)
  if (text === undefined) return { kind: 'any' }
  const route = reader.optional(ROUTE)
  const { words, forms } = typeNamed(kind).route
  if (route && route.kind !== 'any' && words.includes(route.kind)) return route
  reader.givenOf(ROUTE.name, text).mustBe(forms, 'ITS-ROUTE-INVALID')
  return { kind: 'any' }
}

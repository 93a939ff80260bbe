import { loadFrom, openClusters } from '../../host/open-clusters.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { contextNames } from '../../kube/credentials/kubeconfig/entries.ts'
import { readKubeconfig } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { objectsAt, textAt } from '../../kube/json.ts'
import { coreResource, resourcePath } from '../../kube/resources.ts'
import { readClusters } from '../../options/groups/clusters.ts'
import { objectIn } from '../../options/parse/object-text.ts'
import { type RawOptions, startReading } from '../../options/reader.ts'
import type { Names } from '../../options/shape.ts'
import { ROUTE_TYPES, typeNamed } from '../../routes/types/route-types.ts'
import type { Candidate, Candidates } from './candidates.ts'
import { given, type Place } from './place.ts'

/** Names in the kubeconfig or in the cluster. Fails where they cannot be read; the caller is silent about that. */
export async function lookUpNames(names: Names, typed: string, place: Place): Promise<Candidates> {
  if (names === 'contexts') return contexts(place, 'cluster')
  if (names === 'gateway-contexts') return contexts(place, 'gatewayCluster')
  if (names === 'objects') {
    const [kind] = typed.split('/')
    if (!typed.includes('/')) return kinds(typed)
    return inCluster(place, (api) => objects(api, `${kind}/`, place))
  }
  if (names === 'virtual-services')
    return inCluster(place, async (api) => withoutKind(await objects(api, 'vs/', place)))
  if (names === 'namespaces') return inCluster(place, (api) => namespaces(api, place, ''))
  if (names === 'services')
    return inCluster(place, (api) => services(api, typed, place), 'gatewayCluster')
  const { namesInObject } = await import('./names-in-object.ts')
  return inCluster(place, (api) => namesInObject(names, api, place))
}

function contexts({ raw, environment }: Place, which: Which): Candidates {
  const { kubeconfig } = clustersOf(raw)[which]
  const { entries } = readKubeconfig(kubeconfig, environment, '/')
  return { candidates: contextNames(entries).map(named('')) }
}

type Which = 'cluster' | 'gatewayCluster'

function clustersOf(raw: RawOptions) {
  return readClusters(startReading(raw), true)
}

async function inCluster(
  { raw, environment }: Place,
  look: (api: ApiServer) => Promise<Candidates>,
  which: Which = 'cluster',
): Promise<Candidates> {
  const silent = { environment, print: () => undefined, onSecret: () => undefined }
  const redact = (text: string) => text
  const loaded = loadFrom({ ...silent, redact }, clustersOf(raw)[which])
  if (!loaded.ok) return { candidates: [] }
  const clusters = { config: loaded.value, workloads: loaded.value }
  const { api, close } = openClusters(clusters, { ...silent, redact })
  try {
    return await look(api)
  } finally {
    close()
  }
}

/** Kinds as people write them: in lower case where the word is. */
function kinds(typed: string): Candidates {
  const isLower = typed !== '' && typed === typed.toLowerCase()
  const texts = ROUTE_TYPES.flatMap(({ kind, kubectl: { short } }) =>
    isLower ? [kind.toLowerCase(), ...(short ? [short] : [])] : [kind],
  )
  return { candidates: texts.map((text) => ({ text: `${text}/`, about: '' })), rest: 'more' }
}

/** The objects of a kind as `KIND/NAME`, with the kind as it is typed. Without a namespace, those of all. */
async function objects(api: ApiServer, start: string, place: Place): Promise<Candidates> {
  const kind = objectIn(`${start}x`)?.kind
  if (kind === undefined) return { candidates: [] }
  const namespace = given(place, 'namespace')
  const { group, plural, versions } = typeNamed(kind).api
  for (const version of versions) {
    const resource = { group, version, plural, namespace, name: undefined }
    const found = await api.get(resourcePath(resource), place.signal).catch(() => undefined)
    if (found === undefined) continue
    const items = objectsAt(found, 'items').map(({ metadata = null }) => ({
      text: `${start}${textAt(metadata, 'name')}`,
      about: namespace === undefined ? `in ${textAt(metadata, 'namespace')}` : kind,
    }))
    return { candidates: items }
  }
  return { candidates: [] }
}

function withoutKind({ candidates }: Candidates): Candidates {
  return {
    candidates: candidates.map(({ text, about }) => ({ text: text.replace(/^.*\//, ''), about })),
  }
}

async function namespaces(api: ApiServer, place: Place, end: string): Promise<Candidates> {
  const names = await listed(api, coreResource('namespaces', undefined), place)
  return { candidates: names.map((text) => ({ text: `${text}${end}`, about: '' })) }
}

/** As `NAMESPACE/NAME`. */
async function services(api: ApiServer, typed: string, place: Place): Promise<Candidates> {
  const [namespace = '', ...rest] = typed.split('/')
  if (rest.length === 0) return { ...(await namespaces(api, place, '/')), rest: 'more' }
  const names = await listed(api, coreResource('services', namespace), place)
  return { candidates: names.map((name) => ({ text: `${namespace}/${name}`, about: '' })) }
}

async function listed(
  api: ApiServer,
  resource: Parameters<typeof resourcePath>[0],
  { signal }: Place,
): Promise<string[]> {
  const answer = await api.get(resourcePath(resource), signal)
  return objectsAt(answer, 'items').flatMap(({ metadata = null }) => textAt(metadata, 'name') ?? [])
}

function named(about: string) {
  return (text: string): Candidate => ({ text, about })
}

import type { AddressInfo } from 'node:net';
import isUndefined from 'lodash/isUndefined.js';
import omitBy from 'lodash/omitBy.js';
import { Budget } from './budget.mts';
import { Views } from './builtViews.mts';
import { makeAgency } from './data/agency.mts';
import { makeCertificate } from './certificate.mts';
import { applyEffects } from './effects.mts';
import { Faults } from './faults.mts';
import { Pushes } from './push.mts';
import { FilterCache, type Settings, type World } from './routes.mts';
import { growTo } from './scale.mts';
import { buildServer } from './server.mts';
import { Store } from './store.mts';
import type { LoggedRequest, Sandbox, SandboxOptions } from './types.mts';
import { VIEWS } from './views.mts';

export type * from './types.mts';
export { DOCUMENT_TYPES, ENTITIES } from './config.mts';
export { evaluate, FilterError, parseFilter } from './filter.mts';

/** The names of all views: the vendor's 27 and the customer's own `jobs.overbudget`. */
export const VIEW_NAMES = Object.keys(VIEWS);

/** A text in the form of a JWT that says that it is no real key. */
const FAKE_API_KEY = [
	{ alg: 'none', typ: 'JWT' },
	{ iat: 1_780_000_000, note: 'sandbox, not a real key' },
]
	.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
	.concat('not-a-real-signature')
	.join('.');

/** Options of the data and the socket, which cannot change while the sandbox runs. */
const FIXED = ['port', 'units', 'rows', 'now', 'https', 'keepAliveMs', 'properties'] as const;

function buildSettings(options: SandboxOptions): Settings {
	return {
		port: 0,
		apiKey: FAKE_API_KEY,
		units: [1, 2],
		rows: {},
		strict: false,
		https: false,
		properties: {},
		budget: Infinity,
		burst: 5,
		windowMs: 60_000,
		retryAfter: 'seconds',
		latencyMs: 0,
		maxResponseBytes: 10 * 1024 * 1024,
		tooLargeStatus: 413,
		maxUrlLength: 8192,
		maxHeadBytes: Infinity,
		unknownPaths: 404,
		compress: 'none',
		chunked: false,
		keepAliveMs: 72_000,
		defaultColumns: {},
		countRefused: false,
		registrationParameter: 'registration',
		writeResponse: 'identifiers',
		createdStatus: 200,
		patchProperties: 'merge',
		agencyId: 'optional',
		wrapEntity: false,
		ignoreCase: false,
		now: new Date('2026-11-20T00:00:00Z'),
		...omitBy(options, isUndefined),
	};
}

function buildWorld(options: SandboxOptions, pushes: Pushes): World {
	const settings = buildSettings(options);
	const { now, units, rows, properties } = settings;
	const grow = growTo(rows, units[0]);
	const store = new Store(makeAgency(now, units), now, units[0], grow, properties);
	store.onSaved = (collection, record) => {
		applyEffects(store, collection, record);
		pushes.saved(collection, record);
	};
	return { settings, store, views: new Views(store), filtered: new FilterCache() };
}

type DataAccess = Pick<Sandbox, 'rows' | 'records' | 'insert' | 'patch' | 'remove'>;

/** Reads and changes data as somebody in the app would. */
function buildDataAccess(getWorld: () => World): DataAccess {
	return {
		rows(view, unit = getWorld().settings.units[0]) {
			const built = getWorld().views.get(view, unit);
			if (!built) throw new Error(`There is no view "${view}".`);
			return [...built.all];
		},
		records: (entity) => [...getWorld().store.list(entity)],
		insert(entity, record) {
			const { store } = getWorld();
			store.configure(entity, record.properties);
			return store.insert(entity, record);
		},
		patch(entity, id, changes) {
			const { store } = getWorld();
			store.configure(entity, changes.properties);
			return store.patch(entity, id, changes);
		},
		remove: (entity, id) => getWorld().store.remove(entity, id),
	};
}

/** Starts a stand-in for one Teamogy account on this machine. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const log: LoggedRequest[] = [];
	const faults = new Faults();
	const pushes: Pushes = new Pushes(() => world.store);
	const budget = new Budget(() => world.settings);
	let world = buildWorld(options, pushes);
	const certificate = world.settings.https ? await makeCertificate() : undefined;
	const server = buildServer(
		{
			world: () => world,
			faults,
			budget,
			onRequest: (request) => log.push(request),
			onResponse: (request) => world.settings.onResponse?.(request),
		},
		{ keepAliveMs: world.settings.keepAliveMs, certificate },
	);
	await server.listen({ port: world.settings.port, host: '127.0.0.1' });
	const { port } = server.server.address() as AddressInfo;
	const domain = certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;

	return {
		domain,
		port,
		certificate: certificate?.cert,
		get apiKey() {
			return world.settings.apiKey;
		},
		get credential() {
			const { units, apiKey, budget, rate: perMinute = budget } = world.settings;
			return {
				domain,
				unitId: units[0],
				apiKey,
				requestsPerMinute: Math.max(1, Math.min(perMinute, 1000)),
			};
		},
		log,
		clearLog: () => void (log.length = 0),
		...buildDataAccess(() => world),
		fault: (rule) => faults.add(rule),
		clearFaults: () => faults.clear(),
		set(changes) {
			const fixed = FIXED.find((name) => name in changes);
			if (fixed) throw new Error(`"${fixed}" cannot change while the sandbox runs.`);
			Object.assign(world.settings, changes);
		},
		pushRules: pushes.rules,
		onSave: (rule) => pushes.add(rule),
		reset() {
			faults.clear();
			pushes.clear();
			budget.reset();
			log.length = 0;
			world = buildWorld(options, pushes);
		},
		async close() {
			pushes.clear();
			await server.close();
		},
	};
}

import { setTimeout } from 'node:timers/promises';
import escape from 'lodash/escape.js';
import get from 'lodash/get.js';
import { isObject, type Store } from './store.mts';
import type { PushAttempt, PushLog, PushRule, StoredRecord } from './types.mts';

/** Milliseconds before each attempt. Four attempts "within 24 hours" are documented (DOC), their spacing is UNKNOWN. */
const DELAYS = [5, 20, 40, 80];

/** Teamogy in the role of client: it calls a receiver when a record is saved and stores the response. */
export class Pushes {
	readonly rules: PushRule[] = [];
	private logs = new Map<PushRule, PushAttempt[]>();
	private running = new Set<Promise<void>>();
	private stopped = new AbortController();

	constructor(private readonly store: () => Store) {}

	add(rule: PushRule): PushLog {
		const attempts: PushAttempt[] = [];
		this.rules.push(rule);
		this.logs.set(rule, attempts);
		return { attempts, settled: () => this.settled() };
	}

	/** Starts a transaction for every rule that a saved record matches. */
	saved(entity: string, record: StoredRecord): void {
		for (const rule of this.rules) {
			if (rule.entity !== entity || (rule.when && !rule.when(record))) continue;
			const delivery = this.deliver(rule, record, this.store(), this.stopped.signal);
			this.running.add(delivery);
			void delivery.finally(() => this.running.delete(delivery));
		}
	}

	async settled(): Promise<void> {
		while (this.running.size > 0) await Promise.all(this.running);
	}

	clear(): void {
		this.stopped.abort();
		this.stopped = new AbortController();
		this.rules.length = 0;
		this.logs.clear();
	}

	private async deliver(
		rule: PushRule,
		record: StoredRecord,
		store: Store,
		stop: AbortSignal,
	): Promise<void> {
		const content = rule.body ? rule.body(record) : record;
		const xml = rule.format === 'xml';
		const sent = xml ? toXml(rule.entity, content) : JSON.stringify(content);
		const delays = rule.delaysMs ?? DELAYS;
		const attempts = this.logs.get(rule) ?? [];
		for (let attempt = 1; attempt <= 4; attempt++) {
			await setTimeout(delays[attempt - 1] ?? delays.at(-1) ?? 0);
			if (stop.aborted) return;
			const entry: PushAttempt = {
				rule,
				recordId: record.id,
				attempt,
				at: performance.now(),
				status: 0,
				ok: false,
				sent,
				response: '',
			};
			attempts.push(entry);
			try {
				// Loaded when it is needed: that takes as long as to start a sandbox.
				const { request: send } = await import('undici');
				const response = await send(rule.url, {
					method: (rule.method ?? 'POST') as 'POST',
					headers: buildHeaders(rule),
					body: rule.method === 'GET' ? undefined : sent,
					signal: AbortSignal.any([stop, AbortSignal.timeout(rule.timeoutMs ?? 10_000)]),
				});
				entry.status = response.statusCode;
				entry.response = await response.body.text();
				entry.ok = response.statusCode >= 200 && response.statusCode < 300;
			} catch (caught) {
				entry.reason = String(caught);
			}
			if (stop.aborted) return;
			if (entry.ok) return this.writeBack(rule, record, entry.response, store);
		}
		// That the record is marked is documented (DOC); the key is an assumption.
		mark(store, rule.entity, record.id, { connectorError: `Not delivered to ${rule.url}` });
	}

	private writeBack(rule: PushRule, record: StoredRecord, text: string, store: Store): void {
		if (!rule.responseMapping) return;
		let response: unknown;
		try {
			response = JSON.parse(text);
		} catch {
			return;
		}
		const changes: Record<string, unknown> = {};
		const properties: Record<string, unknown> = {};
		for (const [field, path] of Object.entries(rule.responseMapping)) {
			const value: unknown = get(response, path);
			if (value === undefined) continue;
			if (field.startsWith('properties.')) properties[field.slice('properties.'.length)] = value;
			else changes[field] = value;
		}
		mark(store, rule.entity, record.id, properties, changes);
	}
}

/** The headers of a rule, in lower case, over the usual Content-Type. */
function buildHeaders({ format, headers = {} }: PushRule): Record<string, string> {
	const type = format === 'xml' ? 'application/xml' : 'application/json';
	const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
	return { 'content-type': type, ...Object.fromEntries(given) };
}

/** Writes to a record without setting off a push. */
function mark(
	store: Store,
	entity: string,
	id: number,
	properties: Record<string, unknown>,
	changes: Record<string, unknown> = {},
): void {
	if (!store.find(entity, id)) return;
	const fields = Object.keys(properties).length ? { ...changes, properties } : changes;
	if (Object.keys(fields).length) store.patch(entity, id, fields, { quiet: true });
}

/** Formats a value as XML: a list repeats its element, a key that is no XML name becomes an attribute. */
export function toXml(name: string, value: unknown): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value)}`;
}

function element(name: string, value: unknown): string {
	if (Array.isArray(value)) return value.map((entry) => element(name, entry)).join('');
	const named = /^[A-Za-z_][\w.-]*$/.test(name);
	const open = named ? name : `entry key="${escape(name)}"`;
	const close = named ? name : 'entry';
	if (value === null || value === undefined) return `<${open}/>`;
	const content = isObject(value)
		? Object.entries(value)
				.map(([key, entry]) => element(key, entry))
				.join('')
		: escape(String(value));
	return `<${open}>${content}</${close}>`;
}

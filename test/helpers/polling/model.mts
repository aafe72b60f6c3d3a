import type { EventName } from './trigger.mts';

/**
 * What a trigger must deliver, derived from the records alone, whatever the nodes do.
 *
 * The model holds for every record what the state of the trigger may say, and the versions that the record
 * had during a poll: one version where nothing changed meanwhile.
 */
type RecordState = string | undefined;

export interface Version {
	/** Whether the record exists, also where it does not meet the filter. */
	exists: boolean;
	/** The delivered columns, if the record meets the filter. */
	content: string | undefined;
	/** The columns whose changes count, if the event compares them and the record meets the filter; lists in any order are the same. */
	watched: string | undefined;
}

interface Step {
	isDelivered: boolean;
	state: RecordState;
}

const IN = 'in';

const RULES: Record<EventName, (state: RecordState, version: Version) => Step> = {
	// A record that exists at a poll is known for ever.
	created: (state, { exists, content }) => ({
		isDelivered: state === undefined && content !== undefined,
		state: state ?? (exists ? IN : undefined),
	}),
	createdOrUpdated: (state, { watched }) => ({
		isDelivered: watched !== undefined && watched !== state,
		state: watched,
	}),
	entersFilter: (state, { content }) => ({
		isDelivered: content !== undefined && state === undefined,
		state: content === undefined ? undefined : IN,
	}),
	updated: (state, { watched }) => ({
		isDelivered: watched !== undefined && state !== undefined && watched !== state,
		state: watched,
	}),
};

const LABELS: Record<EventName, (state: RecordState) => string> = {
	created: () => 'created',
	createdOrUpdated: (state) => (state === undefined ? 'created' : 'updated'),
	entersFilter: () => 'entered',
	updated: () => 'updated',
};

export interface Delivered {
	id: number;
	content: string;
	label: unknown;
}

export interface Circumstances {
	/** Records changed during the poll, so rows may be missing: those wait for the next poll. */
	moved: boolean;
	/** The poll had time for one step only. */
	hurried: boolean;
	/** Rows are compared first and asked for again to be delivered: they may be a later version. */
	apart: boolean;
}

/** What the state may say of each record: more than one thing only where a record changed during a poll. */
export class Model {
	private states = new Map<number, Set<RecordState>>();

	constructor(private readonly event: EventName) {}

	copy(): Model {
		const copy = new Model(this.event);
		copy.states = new Map([...this.states].map(([id, states]) => [id, new Set(states)]));
		return copy;
	}

	/** The trigger recorded what is there. */
	start(versions: Map<number, Version[]>): void {
		this.states = new Map();
		for (const [id, all] of versions) {
			const states = new Set(all.map((version) => RULES[this.event](undefined, version).state));
			if (all.length > 1) states.add(undefined);
			this.states.set(id, states);
		}
	}

	/** The mistake of a poll that succeeded, or undefined. */
	poll(
		versions: Map<number, Version[]>,
		delivered: Delivered[],
		circumstances: Circumstances,
	): string | undefined {
		const byId = new Map(delivered.map((one) => [one.id, one]));
		if (byId.size < delivered.length) return 'A record was delivered twice by one poll';
		const ids = delivered.map(({ id }) => id);
		if (ids.some((id, index) => index > 0 && ids[index - 1] > id)) return 'Not oldest first';
		for (const [id, all] of versions) {
			const one = byId.get(id);
			byId.delete(id);
			// A poll without time delivers at least one step, the lowest IDs first.
			const mayWait =
				circumstances.moved || (circumstances.hurried && id > (ids.at(-1) ?? Infinity));
			const contents = all.map(({ content }) => content);
			const mayShow = (version: Version, content: string) =>
				circumstances.apart ? contents.includes(content) : version.content === content;
			const wrong = this.checkRecord(id, all, mayWait, one, mayShow);
			if (wrong) return `Record ${id}: ${wrong}`;
		}
		return byId.size ? `Delivered out of nothing: ${[...byId.keys()].join()}` : undefined;
	}

	/** The mistake at one record, or undefined. What the state may say of it follows the poll. */
	private checkRecord(
		id: number,
		all: Version[],
		mayWait: boolean,
		one: Delivered | undefined,
		mayShow: (version: Version, content: string) => boolean,
	): string | undefined {
		const before = this.states.get(id) ?? new Set<RecordState>([undefined]);
		const after = new Set<RecordState>();
		for (const state of before) {
			if (!one && mayWait) after.add(state);
			// The ID was read, and the record no longer met the filter when its row was asked for.
			const met = all.some(({ exists }) => exists);
			const gone = all.some(({ content }) => content === undefined);
			if (this.event === 'created' && !one && met && gone) after.add(IN);
			for (const version of all) {
				const step = RULES[this.event](state, version);
				if (step.isDelivered !== Boolean(one)) continue;
				if (one && !mayShow(version, one.content)) continue;
				if (one && one.label !== LABELS[this.event](state)) continue;
				after.add(step.state);
			}
		}
		this.states.set(id, after);
		if (after.size) return undefined;
		const stateNames = [...before].map(String).join(' or ');
		const now = all.map(({ content }) => String(content)).join(', then ');
		return one
			? `delivered as ${String(one.label)} ${one.content}; the state was ${stateNames}, the record ${now}`
			: `not delivered; the state was ${stateNames}, the record ${now}`;
	}
}

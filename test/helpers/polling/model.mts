import type { EventName } from './trigger.mts';

/**
 * What a trigger must deliver, derived from the records alone, whatever the nodes do.
 *
 * The model holds for every record what the state of the trigger may say, and the versions that the record
 * had during a poll: one version where nothing changed meanwhile.
 */
type Held = string | undefined;

export interface Version {
	/** Whether the record exists, also where it does not meet the filter. */
	exists: boolean;
	/** The delivered columns, if the record meets the filter. */
	content: string | undefined;
	/** The columns whose changes count, if the event compares them and the record meets the filter; lists in any order are the same. */
	watched: string | undefined;
}

interface Step {
	told: boolean;
	held: Held;
}

const IN = 'in';

const RULES: Record<EventName, (held: Held, version: Version) => Step> = {
	// A record that exists at a poll is known for ever.
	created: (held, { exists, content }) => ({
		told: held === undefined && content !== undefined,
		held: held ?? (exists ? IN : undefined),
	}),
	createdOrUpdated: (held, { watched }) => ({
		told: watched !== undefined && watched !== held,
		held: watched,
	}),
	entersFilter: (held, { content }) => ({
		told: content !== undefined && held === undefined,
		held: content === undefined ? undefined : IN,
	}),
	updated: (held, { watched }) => ({
		told: watched !== undefined && held !== undefined && watched !== held,
		held: watched,
	}),
};

const LABELS: Record<EventName, (held: Held) => string> = {
	created: () => 'created',
	createdOrUpdated: (held) => (held === undefined ? 'created' : 'updated'),
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
	private held = new Map<number, Set<Held>>();

	constructor(private readonly event: EventName) {}

	copy(): Model {
		const copy = new Model(this.event);
		copy.held = new Map([...this.held].map(([id, held]) => [id, new Set(held)]));
		return copy;
	}

	/** The trigger recorded what is there. */
	start(versions: Map<number, Version[]>): void {
		this.held = new Map();
		for (const [id, all] of versions) {
			const held = new Set(all.map((version) => RULES[this.event](undefined, version).held));
			if (all.length > 1) held.add(undefined);
			this.held.set(id, held);
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
			const wrong = this.settle(id, all, mayWait, one, mayShow);
			if (wrong) return `Record ${id}: ${wrong}`;
		}
		return byId.size ? `Delivered out of nothing: ${[...byId.keys()].join()}` : undefined;
	}

	private settle(
		id: number,
		all: Version[],
		mayWait: boolean,
		one: Delivered | undefined,
		mayShow: (version: Version, content: string) => boolean,
	): string | undefined {
		const before = this.held.get(id) ?? new Set<Held>([undefined]);
		const after = new Set<Held>();
		for (const held of before) {
			if (!one && mayWait) after.add(held);
			// The ID was read, and the record no longer met the filter when its row was asked for.
			const met = all.some(({ exists }) => exists);
			const gone = all.some(({ content }) => content === undefined);
			if (this.event === 'created' && !one && met && gone) after.add(IN);
			for (const version of all) {
				const step = RULES[this.event](held, version);
				if (step.told !== Boolean(one)) continue;
				if (one && !mayShow(version, one.content)) continue;
				if (one && one.label !== LABELS[this.event](held)) continue;
				after.add(step.held);
			}
		}
		this.held.set(id, after);
		if (after.size) return undefined;
		const known = [...before].map(String).join(' or ');
		const now = all.map(({ content }) => String(content)).join(', then ');
		return one
			? `delivered as ${String(one.label)} ${one.content}; held ${known}, was ${now}`
			: `not delivered; held ${known}, was ${now}`;
	}
}

import type { EventName } from './trigger.mts';

/**
 * What an honest trigger does, told by the records alone: independent of how the nodes go about it.
 *
 * For every record there is what the trigger may hold of it, and the versions it had while a poll was
 * under way: one where nothing happened meanwhile. A version is its content, or undefined while it is
 * not there or does not meet the filter.
 */
type Held = string | undefined;

export interface Version {
	/** The record exists, whether it meets the filter or not. */
	exists: boolean;
	/** The chosen columns, if it meets the filter. */
	content: string | undefined;
}

interface Step {
	told: boolean;
	held: Held;
}

const IN = 'in';

const RULES: Record<EventName, (held: Held, version: Version) => Step> = {
	// Known once it was there at a poll, for good.
	created: (held, { exists, content }) => ({
		told: held === undefined && content !== undefined,
		held: held ?? (exists ? IN : undefined),
	}),
	createdOrUpdated: (held, { content }) => ({
		told: content !== undefined && content !== held,
		held: content,
	}),
	entersFilter: (held, { content }) => ({
		told: content !== undefined && held === undefined,
		held: content === undefined ? undefined : IN,
	}),
};

const LABELS: Record<EventName, (held: Held) => string> = {
	created: () => 'created',
	createdOrUpdated: (held) => (held === undefined ? 'created' : 'updated'),
	entersFilter: () => 'entered',
};

export interface Delivered {
	id: number;
	content: string;
	label: unknown;
}

export interface Circumstances {
	/** Records changed while it read, so that rows may have been left out: those wait for the next poll. */
	moved: boolean;
	/** It had no time but for one step. */
	hurried: boolean;
}

/** What the trigger may hold, record by record: several things only where a record changed during a poll. */
export class Model {
	private held = new Map<number, Set<Held>>();

	constructor(private readonly event: EventName) {}

	copy(): Model {
		const copy = new Model(this.event);
		copy.held = new Map([...this.held].map(([id, held]) => [id, new Set(held)]));
		return copy;
	}

	/** The trigger took down what there is. */
	start(versions: Map<number, Version[]>): void {
		this.held = new Map();
		for (const [id, all] of versions) {
			const held = new Set(all.map((version) => RULES[this.event](undefined, version).held));
			if (all.length > 1) held.add(undefined);
			this.held.set(id, held);
		}
	}

	/** What is wrong with a good poll, or undefined. */
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
			// In a hurry the oldest come first, and at least one step is done.
			const mayWait =
				circumstances.moved || (circumstances.hurried && id > (ids.at(-1) ?? Infinity));
			const wrong = this.settle(id, all, mayWait, one);
			if (wrong) return `Record ${id}: ${wrong}`;
		}
		return byId.size ? `Delivered out of nothing: ${[...byId.keys()].join()}` : undefined;
	}

	private settle(
		id: number,
		all: Version[],
		mayWait: boolean,
		one: Delivered | undefined,
	): string | undefined {
		const before = this.held.get(id) ?? new Set<Held>([undefined]);
		const after = new Set<Held>();
		for (const held of before) {
			if (!one && mayWait) after.add(held);
			// Met by its ID, and gone from the filter when its row was asked for.
			const met = all.some(({ exists }) => exists);
			const gone = all.some(({ content }) => content === undefined);
			if (this.event === 'created' && !one && met && gone) after.add(IN);
			for (const version of all) {
				const step = RULES[this.event](held, version);
				if (step.told !== Boolean(one)) continue;
				if (one && one.content !== version.content) continue;
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

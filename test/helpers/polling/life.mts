import type { Row } from '../../sandbox/index.mts';
import type { TestBed } from '../testBed.mts';
import { since } from '../../engine/since.mts';
import type { Action, Change, History, PollAction } from './history.mts';
import { Model, type Delivered, type Version } from './model.mts';
import { VIEW } from './opportunities.mts';
import { Trigger, type EventName } from './trigger.mts';
import { compares, variants, watchKey, type Variant } from './variants.mts';

const serializeContent = (row: Row, columns = Object.keys(row)): string =>
	JSON.stringify(columns.toSorted().map((column) => [column, row[column]]));

const sortTags = (row: Row): Row => {
	const { tags } = (row.properties ?? {}) as { tags?: string[] };
	return tags ? { ...row, properties: { tags: tags.toSorted() } } : row;
};

/** What a trigger of one name knows. */
interface Known {
	model: Model;
	/** What was watched by the last good poll. */
	watched: string | undefined;
}
const NAMES = ['Teamogy Trigger', 'Another Name'];

const OUT_OF_TIME = /could not be read within the time n8n gives one poll$/;

/** Plays one history to a sandbox and a trigger side by side, and checks each poll against the model. */
export class Life {
	private readonly trigger: Trigger;
	/** By the names of the trigger: what n8n has in memory, and what it has saved. */
	private known: Map<string, Known>;
	private saved: Map<string, Known>;
	/** The next poll is the one of the activation. */
	private activates = true;
	private variant = 0;
	private activation: 'init' | 'activate' | 'update' = 'activate';
	private pageSize: number;
	private lastId = 0;
	private readonly reserved: number[] = [];
	private readonly removed: number[] = [];

	constructor(
		private readonly testBed: TestBed,
		private readonly event: EventName,
		private readonly history: History,
	) {
		this.trigger = new Trigger(testBed, {}, NAMES[0]);
		if (history.isDurable && since('2.41')) this.trigger.cursor = {};
		this.pageSize = history.pageSize;
		this.known = new Map(
			NAMES.map((name) => [name, { model: new Model(event), watched: undefined }]),
		);
		this.saved = this.copyKnown(this.known);
	}

	private copyKnown(known: Map<string, Known>): Map<string, Known> {
		return new Map(
			[...known].map(([name, { model, watched }]) => [name, { model: model.copy(), watched }]),
		);
	}

	async live(): Promise<void> {
		const { sandbox } = this.testBed;
		const { column, down } = this.history.order;
		sandbox.clearFaults();
		sandbox.clearLog();
		for (const { id } of sandbox.records(VIEW)) sandbox.remove(VIEW, id);
		sandbox.set({
			maxLimit: this.history.maxLimit,
			order: (one, other) =>
				(one[column]! < other[column]! ? -1 : one[column]! > other[column]! ? 1 : 0) *
				(down ? -1 : 1),
		});
		for (const change of this.history.first) this.change(change);
		await this.poll(this.history.activation);
		for (const { actions, poll } of this.history.rounds) {
			for (const action of actions) this.act(action);
			await this.poll(poll);
		}
		// In the end every change is delivered, and then nothing more.
		sandbox.set({ maxLimit: undefined });
		for (let polls = 0; polls < 2; polls++) await this.poll({ hurried: false });
	}

	private act(action: Action): void {
		switch (action.kind) {
			case 'restart':
				// With durable cursors n8n knows the trigger as active, and polls when it is due.
				return this.trigger.cursor ? undefined : this.publish('init');
			case 'pause':
				return this.publish('activate');
			case 'rename trigger':
				this.trigger.name = NAMES[action.which];
				return this.publish('update');
			// n8n activates a workflow anew when a node of it changes.
			case 'parameters':
				this.variant = action.which;
				return this.publish('update');
			case 'pageSize':
				this.pageSize = action.size;
				return this.publish('update');
			default:
				this.change(action);
		}
	}

	/** The next poll is the one of an activation, and finds what n8n has saved. */
	private publish(activation: Life['activation']): void {
		this.trigger.restart();
		this.known = this.copyKnown(this.saved);
		this.activation = activation;
		this.activates = true;
	}

	private change(change: Change): void {
		const { sandbox } = this.testBed;
		const status = (wins: boolean) => (wins ? 'WON' : 'LEAD');
		const of = (ids: number[], nth: number): number | undefined => ids[nth % ids.length];
		const insert = (id: number | undefined, wins: boolean, name: string) =>
			id !== undefined &&
			sandbox.insert(VIEW, { id, name, status: status(wins), properties: { tags: ['x', 'y'] } });
		const take = (ids: number[], nth: number) =>
			ids.length ? ids.splice(nth % ids.length, 1)[0] : undefined;
		const patch = (nth: number, changes: object) => {
			const id = of(
				sandbox.records(VIEW).map((record) => record.id),
				nth,
			);
			if (id !== undefined) sandbox.patch(VIEW, id, { ...changes });
		};
		switch (change.kind) {
			case 'insert':
				insert(++this.lastId, change.wins, change.name);
				return;
			case 'bulk':
				for (let nth = 0; nth < change.count; nth++) insert(++this.lastId, nth % 5 > 0, 'bulk');
				return;
			case 'reserve':
				this.reserved.push(++this.lastId);
				return;
			case 'commitLate':
				insert(take(this.reserved, change.which), change.wins, change.name);
				return;
			case 'restore':
				insert(take(this.removed, change.which), true, 'restored');
				return;
			case 'rename':
				return patch(change.which, { name: change.name });
			case 'decide':
				return patch(change.which, { status: status(change.wins) });
			case 'tag':
				return patch(change.which, { properties: { tags: change.tags } });
			case 'touch':
				return patch(change.which, { seenBy: 'somebody' });
			case 'remove': {
				const id = of(
					sandbox.records(VIEW).map((record) => record.id),
					change.which,
				);
				if (id === undefined) return;
				sandbox.remove(VIEW, id);
				this.removed.push(id);
			}
		}
	}

	private now(): Map<number, Version> {
		const { meets, columns, watchColumns = columns } = variants(this.event)[this.variant];
		const rows = new Map(this.testBed.sandbox.rows(VIEW).map((row) => [row.id as number, row]));
		return new Map(
			Array.from({ length: this.lastId }, (_, index) => {
				const row = rows.get(index + 1);
				const isMet = row && meets(row);
				const content = isMet ? serializeContent(row, columns) : undefined;
				const watched =
					isMet && compares(this.event) ? serializeContent(sortTags(row), watchColumns) : undefined;
				return [index + 1, { exists: row !== undefined, content, watched }];
			}),
		);
	}

	private async poll(action: PollAction): Promise<void> {
		const { fault, meanwhile, hurried } = action;
		const { sandbox } = this.testBed;
		const variant = variants(this.event)[this.variant];
		this.trigger.parameters = this.buildParameters(variant);
		const before = this.now();
		let after = before;
		if (meanwhile) {
			this.beforeRequest(meanwhile.at, () => {
				meanwhile.changes.forEach((change) => this.change(change));
				after = this.now();
			});
		}
		if (fault) sandbox.fault({ ...fault.rule, skip: fault.at - 1 });
		const delivered = await this.deliver(action, variant.columns);
		if (!delivered) return;
		this.check(variant, delivered, toVersions(before, after), { moved: after !== before, hurried });
		this.keepKnown(delivered.length > 0);
		this.activates = false;
	}

	private buildParameters({ parameters }: Variant): object {
		const { options } = parameters as { options?: object };
		return {
			view: VIEW,
			event: this.event,
			...parameters,
			options: { ...options, pageSize: this.pageSize },
		};
	}

	/** Makes a change just before the nth request of the next poll is answered. */
	private beforeRequest(nth: number, change: () => void): void {
		this.testBed.sandbox.fault({
			kind: 'status',
			when: (_request, request) => {
				if (request === nth) change();
				return false;
			},
		});
	}

	/** Polls or activates: what was delivered; undefined where the poll failed as it may. */
	private async deliver(
		{ fault, hurried }: PollAction,
		columns?: string[],
	): Promise<Delivered[] | undefined> {
		const { sandbox } = this.testBed;
		const stored = JSON.stringify({ ...this.trigger.stored });
		const requests = sandbox.log.length;
		try {
			const call = hurried ? { budgetMs: 0 } : {};
			const { activation } = this;
			const rows = this.activates
				? (await this.trigger.activate({ ...call, activation })).flat(2).map(({ json }) => json)
				: await this.trigger.poll(call);
			return rows.map(({ teamogyEvent: label, ...row }) => {
				const content = serializeContent(row, columns);
				return { id: row.id as number, content, label };
			});
		} catch (error) {
			const { message } = error as Error;
			const failed = sandbox.log.slice(requests).some(({ status }) => status !== 200);
			const spoilt = fault && (failed || fault.rule.kind !== 'stride');
			if (!spoilt && !(hurried && OUT_OF_TIME.test(message))) throw error;
			if (JSON.stringify({ ...this.trigger.stored }) !== stored)
				throw new Error('A poll that failed changed the state', { cause: error });
			return undefined;
		} finally {
			sandbox.clearFaults();
		}
	}

	/** Fails where what was delivered is not what the model allows. */
	private check(
		variant: Variant,
		delivered: Delivered[],
		versions: Map<number, Version[]>,
		{ moved, hurried }: { moved: boolean; hurried: boolean },
	): void {
		const { columns, watchColumns } = variant;
		const watched = watchKey(this.event, variant);
		const known = this.known.get(this.trigger.cursor ? NAMES[0] : this.trigger.name)!;
		const isStart = known.watched !== watched;
		if (isStart) known.model.start(versions);
		const apart = compares(this.event) && Boolean(watchColumns) && !columns;
		const wrong = isStart
			? delivered.length && 'The first poll delivered'
			: known.model.poll(versions, delivered, { moved, hurried, apart });
		if (wrong) throw new Error(wrong);
		known.watched = watched;
	}

	/** Saves what is known, or puts back what was saved, as n8n does with the state of the trigger. */
	private keepKnown(hasDelivered: boolean): void {
		const isSaved = this.trigger.cursor
			? !this.activates || hasDelivered
			: this.activates || hasDelivered;
		if (isSaved) this.saved = this.copyKnown(this.known);
		else if (this.trigger.cursor) this.known = this.copyKnown(this.saved);
	}
}

/** The versions of each row that a poll may have seen: one, or those before and after a change meanwhile. */
function toVersions(
	before: Map<number, Version>,
	after: Map<number, Version>,
): Map<number, Version[]> {
	return new Map(
		[...after].map(([id, version]) => {
			const first = before.get(id) ?? { exists: false, content: undefined, watched: undefined };
			const changed = first.exists !== version.exists || first.content !== version.content;
			return [id, changed ? [first, version] : [version]];
		}),
	);
}

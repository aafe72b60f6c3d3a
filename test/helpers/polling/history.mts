import fc from 'fast-check';
import type { FaultRule } from '../../sandbox/index.mts';

/** A change that somebody makes in Teamogy. `which` picks one of the existing records. */
export type Change =
	| { kind: 'insert'; wins: boolean; name: string }
	/** A list is imported. */
	| { kind: 'bulk'; count: number }
	/** An ID is assigned; its record is saved later. */
	| { kind: 'reserve' }
	| { kind: 'commitLate'; which: number; wins: boolean; name: string }
	| { kind: 'rename'; which: number; name: string }
	| { kind: 'decide'; which: number; wins: boolean }
	/** A list in a column of the record is saved, maybe in another order. */
	| { kind: 'tag'; which: number; tags: string[] }
	/** A record is saved without a change of its columns. */
	| { kind: 'touch'; which: number }
	| { kind: 'remove'; which: number }
	| { kind: 'restore'; which: number };

export interface PollAction {
	/** The nth request fails. */
	fault?: { at: number; rule: FaultRule };
	/** Changes made just before the nth request is answered. */
	meanwhile?: { at: number; changes: Change[] };
	/** The poll has time for one step; the rest waits for the next poll. */
	hurried: boolean;
}

export type Action =
	| Change
	/** n8n stops and goes on with what it has saved. */
	| { kind: 'restart' }
	/** The workflow is unpublished, and published again for the next poll. */
	| { kind: 'pause' }
	/** The trigger gets one of a few names. */
	| { kind: 'rename trigger'; which: number }
	| { kind: 'parameters'; which: number }
	| { kind: 'pageSize'; size: number };

/** The actions between two polls, and the poll. */
export interface Round {
	actions: Action[];
	poll: PollAction;
}

export interface History {
	/** The server's own limit of rows in a page. */
	maxLimit: number | undefined;
	pageSize: number;
	/** Whether n8n has durable cursors, if its version knows them. */
	isDurable: boolean;
	/** The column that the server sorts by, and whether in descending order. */
	order: { column: 'id' | 'name' | 'status'; down: boolean };
	/** The records that exist before the trigger. */
	first: Change[];
	activation: PollAction;
	rounds: Round[];
}

const name = fc.constantFrom('a', 'b', 'č', '🦄', "O'Neill", '');
const which = fc.nat(30);
const wins = fc.boolean();
const tags = fc.constantFrom(['x', 'y'], ['y', 'x'], ['x', 'y', 'y'], ['x']);

const change: fc.Arbitrary<Change> = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('insert'), wins, name }) },
	{ weight: 1, arbitrary: fc.constant({ kind: 'reserve' }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('commitLate'), which, wins, name }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('rename'), which, name }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('decide'), which, wins }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('tag'), which, tags }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('touch'), which }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), which }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('restore'), which }) },
) as fc.Arbitrary<Change>;

const rules: FaultRule[] = [
	{ kind: 'status', status: 403 },
	{ kind: 'status', status: 500 },
	{ kind: 'reset' },
	{ kind: 'cut' },
	{ kind: 'html', status: 200 },
	{ kind: 'stride', rows: 1 },
];

/** Undefined but for one time in `times`. */
const onceIn = <T,>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
	fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const list = <T,>(arbitrary: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
	fc.array(arbitrary, { minLength, maxLength, size: 'max' });

const poll: fc.Arbitrary<PollAction> = fc.record({
	fault: onceIn(
		4,
		fc.record({ at: fc.integer({ min: 1, max: 6 }), rule: fc.constantFrom(...rules) }),
	),
	meanwhile: onceIn(
		2,
		fc.record({ at: fc.integer({ min: 2, max: 8 }), changes: list(change, 1, 3) }),
	),
	hurried: onceIn(6, fc.constant(true)).map(Boolean),
});

const action: fc.Arbitrary<Action> = fc.oneof(
	{ weight: 20, arbitrary: change },
	{ weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
	{ weight: 1, arbitrary: fc.constant({ kind: 'pause' as const }) },
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constant('rename trigger' as const), which: fc.nat(1) }),
	},
	{
		weight: 2,
		arbitrary: fc.record({ kind: fc.constant('parameters' as const), which: fc.nat(4) }),
	},
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('pageSize' as const),
			size: fc.integer({ min: 1, max: 4 }),
		}),
	},
);

const insert = change.filter(({ kind }) => kind === 'insert' || kind === 'reserve');

const histories = (
	maxLimit: fc.Arbitrary<number | undefined>,
	pageSize: fc.Arbitrary<number>,
	actions: fc.Arbitrary<Action[]>,
): fc.Arbitrary<History> =>
	fc.record({
		maxLimit,
		pageSize,
		isDurable: onceIn(4, fc.constant(true)).map(Boolean),
		order: fc.record({ column: fc.constantFrom('id', 'name', 'status'), down: fc.boolean() }),
		first: list(insert, 0, 7),
		activation: poll,
		rounds: list(fc.record({ actions, poll }), 2, 4),
	});

/** A few records in pages of two or three: as much happens to them as can. */
export const history = histories(
	fc.constantFrom(undefined, undefined, 2, 3),
	fc.constantFrom(1000, 2, 3),
	list(action, 0, 4),
);

const bulk: fc.Arbitrary<Action> = fc.record({
	kind: fc.constant('bulk' as const),
	count: fc.integer({ min: 300, max: 2300 }),
});

/** Many records at once, more than one poll works off when it is in a hurry. */
export const backlogHistory = histories(
	fc.constantFrom(undefined, 700),
	fc.constant(1000),
	fc
		.tuple(
			list(
				action.filter(({ kind }) => kind !== 'pageSize'),
				0,
				3,
			),
			onceIn(2, bulk),
		)
		.map(([actions, many]) => (many ? [...actions, many] : actions)),
);

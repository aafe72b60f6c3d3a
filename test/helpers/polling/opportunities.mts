import type { Row } from '../../sandbox/index.mts';
import { useTestBed } from '../testBed.mts';
import { Trigger, type EventName } from './trigger.mts';

/** The watched view. */
export const VIEW = 'opportunities';

/** A filter with one condition. */
export const condition = (column: string, value: unknown, more: object = {}) => ({
	filters: { conditions: [{ column, value, ...more }] },
});
export const WON = condition('status', 'WON');

/** Starts a test bed for the tests of a file; the view is empty before each test. */
export function useOpportunities() {
	const testBed = useTestBed({ rows: { [VIEW]: 0 } });
	beforeEach(() => testBed.sandbox.set({ maxLimit: undefined, order: undefined }));

	const insert = (record: Record<string, unknown> = {}) => testBed.sandbox.insert(VIEW, record).id;
	const createTrigger = (event: EventName, parameters: object = {}, name?: string) =>
		new Trigger(
			testBed,
			{ view: VIEW, event, ...(event === 'entersFilter' && WON), ...parameters },
			name,
		);
	return {
		testBed,
		insert,
		insertMany: (count: number, record: Record<string, unknown> = {}): number[] =>
			Array.from({ length: count }, () => insert(record)),
		patch: (id: number, changes: Record<string, unknown>) =>
			testBed.sandbox.patch(VIEW, id, changes),
		remove: (...ids: number[]) => ids.forEach((id) => testBed.sandbox.remove(VIEW, id)),
		createTrigger,
		/** Creates a trigger and activates its workflow. */
		activateTrigger: async (event: EventName, parameters: object = {}, name?: string) => {
			const one = createTrigger(event, parameters, name);
			expect(await one.activate()).toEqual([]);
			testBed.sandbox.clearLog();
			return one;
		},
		/** The decoded addresses of the requests, from the name of the view on. */
		requestUrls: () =>
			testBed.sandbox.log.map(({ url }) => decodeURIComponent(url.split('/views/')[1])),
		/** Makes a change just before the nth request of the next poll is answered. */
		beforeRequest: (nth: number, change: () => void) =>
			testBed.sandbox.fault({
				kind: 'status',
				when: (_request, request) => {
					if (request === nth) change();
					return false;
				},
			}),
		/** Gives one response with these rows to the next request. */
		respondOnce: (data: object[]) =>
			testBed.sandbox.fault({
				kind: 'status',
				status: 200,
				body: { metadata: { nextOffset: null }, data },
			}),
		/** Gives these rows, as JSON, to every request from now on. */
		respondAlways: (...rows: string[]) => {
			testBed.sandbox.clearFaults();
			testBed.sandbox.fault({
				kind: 'html',
				status: 200,
				headers: { 'content-type': 'application/json' },
				body: `{"metadata":{"nextOffset":null},"data":[${rows.join()}]}`,
				times: Infinity,
			});
		},
	};
}

/** Polls once: the ID and the event of each delivered record. */
export const pollEvents = async (one: Trigger, call = {}) =>
	(await one.poll(call)).map(({ id, teamogyEvent }) => [id, teamogyEvent]);

/** An order of rows: descending by ID. */
export const newestFirst = (one: Row, other: Row) => Number(other.id) - Number(one.id);

/** Settings of the polling trigger that cannot be right. */
import { condition, useOpportunities } from '../../../helpers/polling/opportunities.mts';
import { ALL_EVENTS, EVENTS, type EventName } from '../../../helpers/polling/trigger.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';

const { testBed, insertMany, createTrigger } = useOpportunities();

describe('Invalid settings', () => {
	interface Refused {
		event?: EventName;
		parameters: object;
		message: RegExp;
		description: RegExp;
		/** The mistake is found without a request. */
		unsent?: boolean;
	}

	const GIVES_NOTHING = {
		message:
			/^The expression in 'Filter in Teamogy Syntax' gives (undefined or null|an empty text)$/,
		description: /All records would be selected/,
		unsent: true,
	};
	const REFUSED: Record<string, Refused> = {
		'a view that does not exist': {
			parameters: { view: 'custom', viewName: 'jobs.nothing' },
			message: /^Teamogy does not know the view "jobs\.nothing"$/,
			description: /There is no view "jobs\.nothing".*Check the name of the view/,
		},
		'no view name': {
			parameters: { view: 'custom', viewName: ' ' },
			message: /^'View Name' is empty$/,
			description: /Enter the name/,
			unsent: true,
		},
		'a filter Teamogy rejects': {
			parameters: { filterType: 'expression', filterExpression: "name LIKE 'x'" },
			message: /^Teamogy did not accept the request for the view "opportunities"$/,
			description: /externalFilter.*Check the filters/,
		},
		'a filter on a column that does not exist': {
			parameters: condition('colour', 'red'),
			message: /^Filter condition 1: the view "opportunities" has no column "colour"$/,
			description: /^Choose one of its columns, e\.g\. /,
		},
		'a condition without a column': {
			parameters: condition('', 'red'),
			message: /^The column of filter condition 1 is empty$/,
			description: /Enter the name of a column/,
			unsent: true,
		},
		'a filter expression that gives undefined or null': {
			parameters: { filterType: 'expression', filterExpression: '={{ undefined }}' },
			...GIVES_NOTHING,
		},
		'a filter expression that gives an empty text': {
			parameters: { filterType: 'expression', filterExpression: '={{ "" }}' },
			...GIVES_NOTHING,
		},
		'a filter expression that gives an empty text, with a filter type in capitals': {
			parameters: { filterType: '={{ "EXPRESSION" }}', filterExpression: '={{ "" }}' },
			...GIVES_NOTHING,
		},
		'nothing to enter': {
			event: 'entersFilter',
			parameters: { filters: {} },
			message: /^'Starts Matching Filters' needs at least one filter$/,
			description: /Add a condition.*Other View/,
			unsent: true,
		},
		'a column that does not exist': {
			parameters: { options: { columns: ['name', 'colour'] } },
			message: /^Output Column Names or IDs: the view "opportunities" has no column "colour"$/,
			description: /^Choose one of its columns, e\.g\. /,
		},
		'an ID column that the view lacks': {
			parameters: { options: { idColumn: 'uuid' } },
			message:
				/^A record of the view "opportunities" \(id "1"\) has no value in "uuid" to identify it$/,
			description: /Set another 'ID Column' under 'Options'\. .* The record has: id, /,
		},
		'an ID column that the view lacks, and no row that meets the filter': {
			parameters: { ...condition('status', 'NONE'), options: { idColumn: 'uuid' } },
			message: /^ID Column: the view "opportunities" has no column "uuid"$/,
			description: /^Did you mean "id"\? Choose one of its columns, e\.g\. /,
		},
		'an ID column that is no column name': {
			parameters: { options: { idColumn: 'id>0 OR id' } },
			message: /^ID Column, "id>0 OR id", is not a column name$/,
			description: /letters, digits/,
			unsent: true,
		},
		'an ID column of spaces': {
			parameters: { options: { idColumn: ' ' } },
			message: /^ID Column is empty$/,
			description: /Enter the name of a column/,
			unsent: true,
		},
		'IDs that are empty': {
			parameters: { options: { idColumn: 'price' } },
			message:
				/^A record of the view "opportunities" \(id "1"\) has no value in "price" to identify it$/,
			description: /Set another 'ID Column'/,
		},
		'IDs that are text, for Created': {
			event: 'created',
			parameters: { options: { idColumn: 'number' } },
			message: /contains the text "OP-2026-\d+", not a whole number$/,
			description: /needs increasing whole numbers.*or choose the event 'Created or Updated'/,
		},
		'IDs that are fractions, for Created': {
			event: 'created',
			parameters: { options: { idColumn: 'probability' } },
			message: /contains 0\.5, not a whole number$/,
			description: /needs increasing whole numbers/,
		},
		'IDs that are not unique': {
			event: 'createdOrUpdated',
			parameters: { options: { idColumn: 'probability' } },
			message: /^Several records of the view "opportunities" have the same value in "probability"$/,
			description: /different for every record/,
		},
		'another business unit that does not exist': {
			parameters: { options: { unitId: 77 } },
			message: /^Teamogy does not know the view/,
			description: /There is no unit "77"/,
		},
		'a unit that is no number': {
			parameters: { options: { unitId: 1.5 } },
			message: /^'Business Unit ID' "1\.5" is not a whole number of at least 0$/,
			description: /Enter the number/,
			unsent: true,
		},
		'an event that does not exist': {
			parameters: { event: 'deleted' },
			message: /^"deleted" is not a valid value for 'Trigger On'$/,
			description: /Choose one/,
			unsent: true,
		},
	};

	it.each(
		Object.entries(REFUSED).flatMap(([what, { event }]) =>
			(event ? [event] : ALL_EVENTS).map((one): [string, EventName] => [what, one]),
		),
	)('%s: the activation fails with a message and stores no state (%s)', async (what, event) => {
		insertMany(2, { status: 'WON', probability: 0.5 });
		const { parameters, message, description, unsent } = REFUSED[what];
		const one = createTrigger(event, parameters);
		const failure = await one.failure();
		expect(failure.message).toMatch(message);
		expect(failure.description).toMatch(description);
		expect(failure.name).toMatch(/^Node(Api|Operation)Error$/);
		expect({ ...one.stored }).toEqual({});
		if (unsent) expect(testBed.sandbox.log).toEqual([]);
		expect(leaked(testBed.sandbox.apiKey, failure, testBed.engine.log)).toBeUndefined();
	});

	it('IDs beyond 2^53 fail the activation, since n8n cannot tell them apart', async () => {
		const big = '{"metadata":{"nextOffset":null},"data":[{"id":9007199254740993,"name":"x"}]}';
		const headers = { 'content-type': 'application/json' };
		testBed.sandbox.fault({ kind: 'html', status: 200, headers, body: big, times: Infinity });
		for (const event of EVENTS) {
			const { message } = await createTrigger(event).failure();
			expect(message).toMatch(
				/contains 9007199254740992, and the node cannot tell apart numbers above 9007199254740991$/,
			);
		}
	});
});

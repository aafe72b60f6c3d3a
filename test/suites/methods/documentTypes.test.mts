/** The list of document types in the editor, which needs no request. */
import { useTestBed } from '../../helpers/testBed.mts';

const testBed = useTestBed();

describe('The list of document types', () => {
	const types = async (
		resource: string,
		filter?: string,
		more: object = {},
	): Promise<unknown[]> => {
		const { results, paginationToken } = await testBed.engine.listSearch({
			type: 'teamogy',
			method: 'searchDocumentTypes',
			parameters: { resource, operation: 'create', ...more },
			filter,
		});
		expect(paginationToken).toBeUndefined();
		expect(testBed.sandbox.log).toEqual([]);
		return results.map(({ value }) => value);
	};

	it.each([
		['binder', ['BINDER']],
		['gem', ['GEM']],
		['purchaseOrder', ['DOCUMENT.ORDER.PURCHASE']],
		['salesQuotation', ['DOCUMENT.QUOTATION.SALES']],
		[
			'cashVoucher',
			[
				// The default comes first.
				'CASHBOX.DEBIT',
				'CASHBOX.CARD.DEBIT',
				'CASHBOX.CARD.DEBIT.BILL',
				'CASHBOX.CREDIT',
				'CASHBOX.DEBIT.BILL',
			],
		],
		[
			'invoice',
			['SALES', 'PURCHASE'].flatMap((side) =>
				['', '.CORRECTION', '.PREPAYMENT', '.PROFORMA'].map((kind) => `INVOICE.${side}${kind}`),
			),
		],
		['job', []],
	])('The types of the resource are listed: %s', async (resource, expected) => {
		expect(await types(resource)).toEqual(expected);
	});

	it('All 22 types are listed for documents', async () => {
		const all = await types('document');
		expect(new Set(all).size).toBe(22);
		expect(all).toHaveLength(22);
	});

	it.each([{ unitId: 'nonsense' }, { unitId: -1 }, { unitId: null }])(
		'The types are listed with the options %j, since no request is sent',
		async (options) => {
			expect(await types('binder', '', { options })).toEqual(['BINDER']);
		},
	);

	it('A search finds types in any case', async () => {
		const found = ['INVOICE.PURCHASE.PREPAYMENT', 'INVOICE.SALES.PREPAYMENT'];
		expect((await types('document', 'prepay')).sort()).toEqual(found);
		expect(await types('document', 'purchase corr')).toEqual(['INVOICE.PURCHASE.CORRECTION']);
		expect(await types('document', 'nothing')).toEqual([]);
	});
});

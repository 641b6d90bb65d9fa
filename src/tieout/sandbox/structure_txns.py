"""Content models of the requests about transactions (Intuit's schema, version 13.0).

The notation is explained in `structure_lists`.
"""

from __future__ import annotations

MODELS = """
SetCredit = CreditTxnID:MACROID TxnLineID:ID? AppliedAmount:AMT Override:BOOL?
LinkToTxn = TxnID:ID TxnLineID:ID
DataExt = OwnerID:GUID DataExtName:STR31 DataExtValue:STR
InvoiceLineAdd [defMacro] = ItemRef:REF? Desc:STR4095? Quantity:QUAN? UnitOfMeasure:STR31? %RATE
    ClassRef:REF159? Amount:AMT? TaxAmount:AMT? OptionForPriceRuleConflict:=? %SITE
    (SerialNumber:STR4095? | LotNumber:STR40?)? ServiceDate:DATE? SalesTaxCodeRef:REF3?
    IsTaxable:BOOL? OverrideItemAccountRef:REF159? Other1:STR29? Other2:STR29? LinkToTxn:@?
    DataExt:@*
InvoiceLineGroupAdd = ItemGroupRef:REF31 Desc:STR? Quantity:QUAN? UnitOfMeasure:STR31?
    ServiceDate:DATE? %SITE DataExt:@*
DiscountLineAdd = (Amount:AMT | RatePercent:PERCENT)? IsTaxable:BOOL? AccountRef:REF159?
SalesTaxLineAdd = (Amount:AMT | RatePercent:PERCENT)? AccountRef:REF159?
ShippingLineAdd = Amount:AMT AccountRef:REF159?
InvoiceAdd [defMacro] = CustomerRef:REF209 ClassRef:REF159? %HEADER1 IsFinanceCharge:BOOL?
    %HEADER2 ExternalGUID:GUID? LinkToTxnID:ID* SetCredit:@* (InvoiceLineAdd:@ |
    InvoiceLineGroupAdd:@)* DiscountLineAdd:@? SalesTaxLineAdd:@? ShippingLineAdd:@?
InvoiceAddRq = InvoiceAdd:@ %RET
InvoiceLineMod = TxnLineID:ID ItemRef:REF? Desc:STR4095? Quantity:QUAN? UnitOfMeasure:STR31?
    OverrideUOMSetRef:REF31? %RATE ClassRef:REF159? Amount:AMT? TaxAmount:AMT?
    OptionForPriceRuleConflict:=? %SITE (SerialNumber:STR4095? | LotNumber:STR40?)?
    ServiceDate:DATE? SalesTaxCodeRef:REF3? OverrideItemAccountRef:REF159? Other1:STR29?
    Other2:STR29?
InvoiceLineGroupMod = TxnLineID:ID ItemGroupRef:REF31? Quantity:QUAN? UnitOfMeasure:STR31?
    OverrideUOMSetRef:REF31? InvoiceLineMod:@*
InvoiceMod = TxnID:ID EditSequence:STR16 CustomerRef:REF209? ClassRef:REF159? %HEADER1 %HEADER2
    SetCredit:@* (InvoiceLineMod:@ | InvoiceLineGroupMod:@)*
InvoiceModRq = InvoiceMod:@ %RET
ModifiedDateRangeFilter = FromModifiedDate:DATETIME? ToModifiedDate:DATETIME?
TxnDateRangeFilter = (FromTxnDate:DATE? ToTxnDate:DATE? | DateMacro:=)
EntityFilter = (%WITHCHILDREN)
AccountFilter = (%WITHCHILDREN)
RefNumberFilter = MatchCriterion:= RefNumber:STR
RefNumberRangeFilter = FromRefNumber:STR? ToRefNumber:STR?
InvoiceQueryRq [iterator] = (%TXNIDS | %TXNFILTER PaidStatus:=?)? IncludeLineItems:BOOL?
    IncludeLinkedTxns:BOOL? %RET OwnerID:GUID*
CreditCardTxnInputInfo = CreditCardNumber:STR25 ExpirationMonth:MONTH ExpirationYear:INT
    NameOnCard:STR41 CreditCardAddress:STR41? CreditCardPostalCode:STR18?
    CommercialCardCode:STR24? TransactionMode:=? CreditCardTxnType:=?
CreditCardTxnResultInfo = ResultCode:INT ResultMessage:STR60 CreditCardTransID:STR24
    MerchantAccountNumber:STR32 AuthorizationCode:STR12? AVSStreet:=? AVSZip:=AVSStreet?
    CardSecurityCodeMatch:=AVSStreet? ReconBatchID:STR84? PaymentGroupingCode:INT?
    PaymentStatus:= TxnAuthorizationTime:DATETIME TxnAuthorizationStamp:INT? ClientTransID:STR16?
CreditCardTxnInfo = CreditCardTxnInputInfo:@ CreditCardTxnResultInfo:@
CreditMemoLineAdd [defMacro] = ItemRef:REF? Desc:STR4095? Quantity:QUAN? UnitOfMeasure:STR31?
    %RATE ClassRef:REF159? Amount:AMT? TaxAmount:AMT? %SITE (SerialNumber:STR4095? |
    LotNumber:STR40?)? ServiceDate:DATE? SalesTaxCodeRef:REF3? IsTaxable:BOOL?
    OverrideItemAccountRef:REF159? Other1:STR29? Other2:STR29? CreditCardTxnInfo:@? DataExt:@*
CreditMemoLineGroupAdd = ItemGroupRef:REF31 Desc:STR? Quantity:QUAN? UnitOfMeasure:STR31?
    ServiceDate:DATE? %SITE DataExt:@*
CreditMemoAdd [defMacro] = CustomerRef:REF209 ClassRef:REF159? %HEADER1 %HEADER2
    ExternalGUID:GUID? (CreditMemoLineAdd:@ | CreditMemoLineGroupAdd:@)+ DiscountLineAdd:@?
    SalesTaxLineAdd:@? ShippingLineAdd:@?
CreditMemoAddRq = CreditMemoAdd:@ %RET
CreditMemoQueryRq [iterator] = (%TXNIDS | %TXNFILTER)? IncludeLineItems:BOOL?
    IncludeLinkedTxns:BOOL? %RET OwnerID:GUID*
ReceivePaymentQueryRq [iterator] = (%TXNIDS | %TXNFILTER)? IncludeLineItems:BOOL? %RET
    OwnerID:GUID*
TransactionModifiedDateRangeFilter = ((FromModifiedDate:DATETIME? ToModifiedDate:DATETIME?)? |
    DateMacro:=)
TransactionDateRangeFilter = ((FromTxnDate:DATE? ToTxnDate:DATE?)? | DateMacro:=)
TransactionEntityFilter = (EntityTypeFilter:= | %WITHCHILDREN)
TransactionAccountFilter = (AccountTypeFilter:= | %WITHCHILDREN)
TransactionItemFilter = (ItemTypeFilter:= | %WITHCHILDREN)
TransactionClassFilter = (%WITHCHILDREN)
TransactionTypeFilter = TxnTypeFilter:=+
TransactionQueryRq [iterator] = (TxnID:ID+ | MaxReturned:POSINT? (RefNumber:STR+ |
    RefNumberCaseSensitive:STR+ | RefNumberFilter:@ | RefNumberRangeFilter:@)?
    TransactionModifiedDateRangeFilter:@? TransactionDateRangeFilter:@?
    TransactionEntityFilter:@? TransactionAccountFilter:@? TransactionItemFilter:@?
    TransactionClassFilter:@? TransactionTypeFilter:@? TransactionDetailLevelFilter:=?
    TransactionPostingStatusFilter:=? TransactionPaidStatusFilter:=? CurrencyFilter:@?)? %RET
TxnVoidRq = TxnVoidType:= TxnID:ID
TxnDelRq = TxnDelType:= TxnID:ID
TxnDeletedQueryRq [metaData] = TxnDelType:=+ DeletedDateRangeFilter:@? %RET
"""

ENUMERATIONS = """
OptionForPriceRuleConflict = Zero BasePrice
DateMacro = All Today ThisWeek ThisWeekToDate ThisMonth ThisMonthToDate ThisCalendarQuarter
    ThisCalendarQuarterToDate ThisFiscalQuarter ThisFiscalQuarterToDate ThisCalendarYear
    ThisCalendarYearToDate ThisFiscalYear ThisFiscalYearToDate Yesterday LastWeek LastWeekToDate
    LastMonth LastMonthToDate LastCalendarQuarter LastCalendarQuarterToDate LastFiscalQuarter
    LastFiscalQuarterToDate LastCalendarYear LastCalendarYearToDate LastFiscalYear
    LastFiscalYearToDate NextWeek NextFourWeeks NextMonth NextCalendarQuarter NextCalendarYear
    NextFiscalQuarter NextFiscalYear
PaidStatus = All PaidOnly NotPaidOnly
TransactionMode = CardNotPresent CardPresent
CreditCardTxnType = Authorization Capture Charge Refund VoiceAuthorization
AVSStreet = Pass Fail NotAvailable
PaymentStatus = Unknown Completed
EntityTypeFilter = Customer Employee OtherName Vendor
AccountTypeFilter = AccountsPayable AccountsReceivable AllowedFor1099 APAndSalesTax
    APOrCreditCard ARAndAP Asset BalanceSheet Bank BankAndARAndAPAndUF BankAndUF CostOfSales
    CreditCard CurrentAsset CurrentAssetAndExpense CurrentLiability Equity
    EquityAndIncomeAndExpense ExpenseAndOtherExpense FixedAsset IncomeAndExpense
    IncomeAndOtherIncome Liability LiabilityAndEquity LongTermLiability NonPosting
    OrdinaryExpense OrdinaryIncome OrdinaryIncomeAndCOGS OrdinaryIncomeAndExpense OtherAsset
    OtherCurrentAsset OtherCurrentLiability OtherExpense OtherIncome OtherIncomeOrExpense
ItemTypeFilter = AllExceptFixedAsset Assembly Discount FixedAsset Inventory InventoryAndAssembly
    NonInventory OtherCharge Payment Sales SalesTax Service
TxnTypeFilter = All ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly
    Charge Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate
    InventoryAdjustment Invoice ItemReceipt JournalEntry LiabilityAdjustment Paycheck
    PayrollLiabilityCheck PurchaseOrder ReceivePayment SalesOrder SalesReceipt
    SalesTaxPaymentCheck Transfer VendorCredit YTDAdjustment
TransactionDetailLevelFilter = All SummaryOnly AllExceptSummary
TransactionPostingStatusFilter = Either NonPosting Posting
TransactionPaidStatusFilter = Either Closed Open
TxnVoidType = ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard Charge Check
    CreditCardCharge CreditCardCredit CreditMemo Deposit InventoryAdjustment Invoice ItemReceipt
    JournalEntry SalesReceipt VendorCredit
TxnDelType = ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge
    Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment
    Invoice ItemReceipt JournalEntry PurchaseOrder ReceivePayment SalesOrder SalesReceipt
    SalesTaxPaymentCheck TimeTracking TransferInventory VehicleMileage VendorCredit
"""

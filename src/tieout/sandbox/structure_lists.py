"""Content models of the requests about lists and the company (Intuit's schema, version 13.0).

The notation is that of a DTD with types. `Name:TYPE` is one child element; `? * + {0,5}` say how
often; `|` separates alternatives; `%NAME` stands for a macro of `structure_lists`. Types: STR41
(text of at most 41 characters), ID, BOOL, DATE, DATETIME, AMT, PRICE, QUAN, PERCENT, GUID, INT,
POSINT, FLOAT, REF159 (`ListID? FullName?`, the name at most 159 long), `@X` (the content model
X; `@` alone: the one named like the element) and `=X` (an enumeration, likewise). A mark in
brackets names the attributes that the element may carry.
"""

from __future__ import annotations

MACROS = """
ADDRESS = Addr1:STR41? Addr2:STR41? Addr3:STR41? Addr4:STR41? Addr5:STR41? City:STR31?
    State:STR21? PostalCode:STR13? Country:STR31? Note:STR41?
WITHCHILDREN = ListID:ID+ | FullName:STR+ | ListIDWithChildren:ID | FullNameWithChildren:STR
NAMES = ListID:ID+ | FullName:STR+
LISTFILTER = MaxReturned:POSINT? ActiveStatus:=? FromModifiedDate:DATETIME?
    ToModifiedDate:DATETIME? (NameFilter:@ | NameRangeFilter:@)?
PERSON = CompanyName:STR41? Salutation:STR15? FirstName:STR25? MiddleName:STR5? LastName:STR25?
    Suffix:STR? JobTitle:STR41? BillAddress:@? ShipAddress:@? ShipToAddress:@{0,50}
    PrintAs:STR41? Phone:STR21? Mobile:STR21? Pager:STR21? AltPhone:STR21? Fax:STR21?
    Email:STR1023? Cc:STR1023? Contact:STR41? AltContact:STR41? AdditionalContactRef:@{0,8}
JOB = JobStatus:=? JobStartDate:DATE? JobProjectedEndDate:DATE? JobEndDate:DATE? JobDesc:STR99?
    JobTypeRef:REF159? Notes:STR4095?
TXNIDS = TxnID:ID+ | RefNumber:STR+ | RefNumberCaseSensitive:STR+
TXNFILTER = MaxReturned:POSINT? (ModifiedDateRangeFilter:@ | TxnDateRangeFilter:@)?
    EntityFilter:@? AccountFilter:@? (RefNumberFilter:@ | RefNumberRangeFilter:@)?
    CurrencyFilter:@?
HEADER1 = ARAccountRef:REF159? TemplateRef:REF31? TxnDate:DATE? RefNumber:STR11? BillAddress:@?
    ShipAddress:@? IsPending:BOOL?
HEADER2 = PONumber:STR25? TermsRef:REF31? DueDate:DATE? SalesRepRef:REF5? FOB:STR13?
    ShipDate:DATE? ShipMethodRef:REF15? ItemSalesTaxRef:REF31? Memo:STR4095?
    CustomerMsgRef:REF101? IsToBePrinted:BOOL? IsToBeEmailed:BOOL? IsTaxIncluded:BOOL?
    CustomerSalesTaxCodeRef:REF3? Other:STR29? ExchangeRate:FLOAT?
RATE = (Rate:PRICE | RatePercent:PERCENT | PriceLevelRef:REF31)?
SITE = InventorySiteRef:REF31? InventorySiteLocationRef:REF31?
RET = IncludeRetElement:STR50*
"""

MODELS = """
IncludeListMetaData = IncludeMaxCapacity:BOOL
HostQueryRq = IncludeListMetaData:@? %RET
CompanyQueryRq = %RET OwnerID:GUID*
PreferencesQueryRq = %RET
CompanyActivityQueryRq = %RET
NameFilter = MatchCriterion:= Name:STR
NameRangeFilter = FromName:STR? ToName:STR?
TotalBalanceFilter = Operator:= Amount:AMT
CurrencyFilter = (ListID:ID+ | FullName:STR64+)
ClassFilter = (%WITHCHILDREN)
CustomerQueryRq [iterator] = (%NAMES | %LISTFILTER TotalBalanceFilter:@? CurrencyFilter:@?
    ClassFilter:@?)? %RET OwnerID:GUID*
BillAddress = %ADDRESS
ShipAddress = %ADDRESS
ShipToAddress = Name:STR41 %ADDRESS DefaultShipTo:BOOL?
AdditionalContactRef = ContactName:STR40 ContactValue:STR255
Contacts = Salutation:STR15? FirstName:STR25 MiddleName:STR5? LastName:STR25? JobTitle:STR41?
    AdditionalContactRef:@{0,5}
CreditCardInfo = CreditCardNumber:STR25? ExpirationMonth:MONTH? ExpirationYear:INT?
    NameOnCard:STR41? CreditCardAddress:STR41? CreditCardPostalCode:STR41?
AdditionalNotes = Note:STR4095
CustomerAdd = Name:STR41 IsActive:BOOL? ClassRef:REF159? ParentRef:REF? %PERSON Contacts:@*
    CustomerTypeRef:REF159? TermsRef:REF31? SalesRepRef:REF5? OpenBalance:AMT?
    OpenBalanceDate:DATE? SalesTaxCodeRef:REF3? ItemSalesTaxRef:REF31? SalesTaxCountry:=?
    ResaleNumber:STR15? AccountNumber:STR99? CreditLimit:AMT? PreferredPaymentMethodRef:REF31?
    CreditCardInfo:@? %JOB AdditionalNotes:@* IsStatementWithParent:BOOL? DeliveryMethod:=?
    PreferredDeliveryMethod:=? PriceLevelRef:REF31? ExternalGUID:GUID?
    TaxRegistrationNumber:STR30? CurrencyRef:REF64?
CustomerAddRq = CustomerAdd:@ %RET
ContactsMod = ListID:ID? EditSequence:STR16? Salutation:STR15? FirstName:STR25 MiddleName:STR5?
    LastName:STR25? JobTitle:STR41? AdditionalContactRef:@{0,5}
AdditionalNotesMod = NoteID:INT Note:STR4095
CustomerMod = ListID:ID EditSequence:STR16 Name:STR41? IsActive:BOOL? ClassRef:REF159?
    ParentRef:REF? %PERSON ContactsMod:@* CustomerTypeRef:REF159? TermsRef:REF31?
    SalesRepRef:REF5? SalesTaxCodeRef:REF3? ItemSalesTaxRef:REF31? SalesTaxCountry:=?
    ResaleNumber:STR15? AccountNumber:STR99? CreditLimit:AMT? PreferredPaymentMethodRef:REF31?
    CreditCardInfo:@? %JOB AdditionalNotesMod:@* IsStatementWithParent:BOOL? DeliveryMethod:=?
    PreferredDeliveryMethod:=? PriceLevelRef:REF31? TaxRegistrationNumber:STR30?
    CurrencyRef:REF64?
CustomerModRq = CustomerMod:@ %RET
ItemQueryRq [iterator] = (%NAMES | %LISTFILTER)? %RET OwnerID:GUID*
ItemServiceQueryRq [iterator] = (%NAMES | %LISTFILTER ClassFilter:@?)? %RET OwnerID:GUID*
ClassQueryRq [metaData] = (%NAMES | %LISTFILTER)? %RET
TermsQueryRq [metaData] = (%NAMES | %LISTFILTER)? %RET
StandardTermsQueryRq [metaData] = (%NAMES | %LISTFILTER)? %RET
AccountQueryRq [metaData] = (%NAMES | %LISTFILTER AccountType:=* CurrencyFilter:@?)? %RET
    OwnerID:GUID*
SalesTaxCodeQueryRq [metaData] = (%NAMES | %LISTFILTER)? %RET
TemplateQueryRq [metaData] = %RET
CustomerTypeQueryRq [metaData] = (%NAMES | %LISTFILTER)? %RET
JobTypeQueryRq [metaData] = (%NAMES | %LISTFILTER)? %RET
ListDelRq = ListDelType:= ListID:ID
MergeFrom = ListID:ID EditSequence:STR16
MergeTo = ListID:ID EditSequence:STR16
ListMergeRq = ListMergeType:= MergeFrom:@ MergeTo:@ SameShipAddrOk:BOOL?
DeletedDateRangeFilter = FromDeletedDate:DATETIME? ToDeletedDate:DATETIME?
ListDeletedQueryRq [metaData] = ListDelType:=+ DeletedDateRangeFilter:@? %RET
DataExtDefAdd = OwnerID:GUID DataExtName:STR31 DataExtType:= AssignToObject:=*
    DataExtListRequire:BOOL? DataExtTxnRequire:BOOL? DataExtFormatString:STR?
DataExtDefAddRq = DataExtDefAdd:@ %RET
DataExtAdd = OwnerID:GUID DataExtName:STR31 (ListDataExtType:= ListObjRef:REF159 |
    TxnDataExtType:= TxnID:MACROID TxnLineID:ID? | OtherDataExtType:=) DataExtValue:STR
DataExtAddRq = DataExtAdd:@
DataExtMod = OwnerID:GUID DataExtName:STR31 (ListDataExtType:= ListObjRef:REF159 |
    TxnDataExtType:= TxnID:ID TxnLineID:ID? | OtherDataExtType:=) DataExtValue:STR
DataExtModRq = DataExtMod:@
DataExtDel = OwnerID:GUID DataExtName:STR31 (ListDataExtType:= ListObjRef:REF159 |
    TxnDataExtType:= TxnID:ID TxnLineID:ID? | OtherDataExtType:=)
DataExtDelRq = DataExtDel:@
"""

ENUMERATIONS = """
ActiveStatus = ActiveOnly InactiveOnly All
MatchCriterion = StartsWith Contains EndsWith
Operator = LessThan LessThanEqual Equal GreaterThan GreaterThanEqual
SalesTaxCountry = Australia Canada UK US
JobStatus = Awarded Closed InProgress None NotAwarded Pending
DeliveryMethod = Email Fax Print
PreferredDeliveryMethod = None Email Fax
AccountType = AccountsPayable AccountsReceivable Bank CostOfGoodsSold CreditCard Equity Expense
    FixedAsset Income LongTermLiability NonPosting OtherAsset OtherCurrentAsset
    OtherCurrentLiability OtherExpense OtherIncome
ListDelType = Account BillingRate Class Currency Customer CustomerMsg CustomerType
    DateDrivenTerms Employee InventorySite ItemDiscount ItemFixedAsset ItemGroup ItemInventory
    ItemInventoryAssembly ItemNonInventory ItemOtherCharge ItemPayment ItemSalesTax
    ItemSalesTaxGroup ItemService ItemSubtotal JobType OtherName PaymentMethod PayrollItemNonWage
    PayrollItemWage PriceLevel SalesRep SalesTaxCode ShipMethod StandardTerms ToDo
    UnitOfMeasureSet Vehicle Vendor VendorType WorkersCompCode
ListMergeType = Account Class Customer ItemDiscount ItemGroup ItemInventory ItemNonInventory
    ItemOtherCharge ItemPayment ItemSalesTax ItemSalesTaxGroup ItemService ItemSubtotal Vendor
DataExtType = AMTTYPE DATETIMETYPE INTTYPE PERCENTTYPE PRICETYPE QUANTYPE STR1024TYPE STR255TYPE
AssignToObject = Account ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard
    BuildAssembly Charge Check Company CreditCardCharge CreditCardCredit CreditMemo Customer
    Deposit Employee Estimate InventoryAdjustment Invoice Item ItemReceipt JournalEntry OtherName
    PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck Vendor VendorCredit
ListDataExtType = Account Customer Employee Item OtherName Vendor
TxnDataExtType = ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly
    Charge Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate
    InventoryAdjustment Invoice ItemReceipt JournalEntry PurchaseOrder ReceivePayment SalesOrder
    SalesReceipt SalesTaxPaymentCheck VendorCredit
OtherDataExtType = Company
"""

KNOWN_REQUESTS = frozenset(
    [
        "HostQuery",
        "CompanyQuery",
        "CompanyActivityQuery",
        "PreferencesQuery",
        "AccountAdd",
        "AccountMod",
        "AccountQuery",
        "SpecialAccountAdd",
        "AccountTaxLineInfoQuery",
        "LeadAdd",
        "LeadMod",
        "LeadQuery",
        "CustomerAdd",
        "CustomerMod",
        "CustomerQuery",
        "EmployeeAdd",
        "EmployeeMod",
        "EmployeeQuery",
        "OtherNameAdd",
        "OtherNameMod",
        "OtherNameQuery",
        "VendorAdd",
        "VendorMod",
        "VendorQuery",
        "EntityQuery",
        "StandardTermsAdd",
        "StandardTermsQuery",
        "DateDrivenTermsAdd",
        "DateDrivenTermsQuery",
        "TermsQuery",
        "ClassAdd",
        "ClassMod",
        "ClassQuery",
        "SalesRepAdd",
        "SalesRepMod",
        "SalesRepQuery",
        "CustomerTypeAdd",
        "CustomerTypeQuery",
        "VendorTypeAdd",
        "VendorTypeQuery",
        "JobTypeAdd",
        "JobTypeQuery",
        "CustomerMsgAdd",
        "CustomerMsgQuery",
        "PaymentMethodAdd",
        "PaymentMethodQuery",
        "ShipMethodAdd",
        "ShipMethodQuery",
        "SalesTaxCodeAdd",
        "SalesTaxCodeMod",
        "SalesTaxCodeQuery",
        "ToDoAdd",
        "ToDoMod",
        "ToDoQuery",
        "ItemServiceAdd",
        "ItemServiceMod",
        "ItemServiceQuery",
        "ItemNonInventoryAdd",
        "ItemNonInventoryMod",
        "ItemNonInventoryQuery",
        "ItemOtherChargeAdd",
        "ItemOtherChargeMod",
        "ItemOtherChargeQuery",
        "ItemInventoryAdd",
        "ItemInventoryMod",
        "ItemInventoryQuery",
        "ItemInventoryAssemblyAdd",
        "ItemInventoryAssemblyMod",
        "ItemInventoryAssemblyQuery",
        "ItemFixedAssetAdd",
        "ItemFixedAssetMod",
        "ItemFixedAssetQuery",
        "ItemSubtotalAdd",
        "ItemSubtotalMod",
        "ItemSubtotalQuery",
        "ItemDiscountAdd",
        "ItemDiscountMod",
        "ItemDiscountQuery",
        "ItemPaymentAdd",
        "ItemPaymentMod",
        "ItemPaymentQuery",
        "ItemSalesTaxAdd",
        "ItemSalesTaxMod",
        "ItemSalesTaxQuery",
        "ItemSalesTaxGroupAdd",
        "ItemSalesTaxGroupMod",
        "ItemSalesTaxGroupQuery",
        "ItemGroupAdd",
        "ItemGroupMod",
        "ItemGroupQuery",
        "SpecialItemAdd",
        "ItemQuery",
        "PayrollItemWageAdd",
        "PayrollItemWageQuery",
        "PayrollItemNonWageQuery",
        "TemplateQuery",
        "PriceLevelAdd",
        "PriceLevelMod",
        "PriceLevelQuery",
        "BillingRateAdd",
        "BillingRateQuery",
        "VehicleAdd",
        "VehicleMod",
        "VehicleQuery",
        "UnitOfMeasureSetAdd",
        "UnitOfMeasureSetQuery",
        "WorkersCompCodeAdd",
        "WorkersCompCodeMod",
        "WorkersCompCodeQuery",
        "Form1099CategoryAccountMappingMod",
        "Form1099CategoryAccountMappingQuery",
        "SalesTaxReturnQuery",
        "SalesTaxReturnLineQuery",
        "CurrencyAdd",
        "CurrencyMod",
        "CurrencyQuery",
        "PayrollLastPeriodQuery",
        "InventorySiteAdd",
        "InventorySiteMod",
        "InventorySiteQuery",
        "InvoiceAdd",
        "InvoiceMod",
        "InvoiceQuery",
        "EstimateAdd",
        "EstimateMod",
        "EstimateQuery",
        "SalesOrderAdd",
        "SalesOrderMod",
        "SalesOrderQuery",
        "SalesReceiptAdd",
        "SalesReceiptMod",
        "SalesReceiptQuery",
        "CreditMemoAdd",
        "CreditMemoMod",
        "CreditMemoQuery",
        "ReceivePaymentAdd",
        "ReceivePaymentMod",
        "ReceivePaymentQuery",
        "ReceivePaymentToDepositQuery",
        "ChargeAdd",
        "ChargeMod",
        "ChargeQuery",
        "PurchaseOrderAdd",
        "PurchaseOrderMod",
        "PurchaseOrderQuery",
        "BillAdd",
        "BillMod",
        "BillQuery",
        "ItemReceiptAdd",
        "ItemReceiptMod",
        "ItemReceiptQuery",
        "VendorCreditAdd",
        "VendorCreditMod",
        "VendorCreditQuery",
        "BillPaymentCheckAdd",
        "BillPaymentCheckMod",
        "BillPaymentCheckQuery",
        "BillPaymentCreditCardAdd",
        "BillPaymentCreditCardQuery",
        "BillToPayQuery",
        "SalesTaxPaymentCheckAdd",
        "SalesTaxPaymentCheckMod",
        "SalesTaxPaymentCheckQuery",
        "SalesTaxPayableQuery",
        "InventoryAdjustmentAdd",
        "InventoryAdjustmentMod",
        "InventoryAdjustmentQuery",
        "TimeTrackingAdd",
        "TimeTrackingMod",
        "TimeTrackingQuery",
        "CheckAdd",
        "CheckMod",
        "CheckQuery",
        "CreditCardChargeAdd",
        "CreditCardChargeMod",
        "CreditCardChargeQuery",
        "CreditCardCreditAdd",
        "CreditCardCreditMod",
        "CreditCardCreditQuery",
        "JournalEntryAdd",
        "JournalEntryMod",
        "JournalEntryQuery",
        "DepositAdd",
        "DepositMod",
        "DepositQuery",
        "ListDel",
        "ListMerge",
        "ListDeletedQuery",
        "TxnDel",
        "TxnVoid",
        "TxnDeletedQuery",
        "ClearedStatusMod",
        "ListDisplayAdd",
        "ListDisplayMod",
        "TxnDisplayAdd",
        "TxnDisplayMod",
        "DataEventRecoveryInfoDel",
        "DataEventRecoveryInfoQuery",
        "TransactionQuery",
        "BuildAssemblyAdd",
        "BuildAssemblyMod",
        "BuildAssemblyQuery",
        "ItemAssembliesCanBuildQuery",
        "ARRefundCreditCardAdd",
        "ARRefundCreditCardQuery",
        "VehicleMileageAdd",
        "VehicleMileageQuery",
        "TransferInventoryAdd",
        "TransferInventoryMod",
        "TransferInventoryQuery",
        "ItemSitesQuery",
        "BarCodeQuery",
        "TransferAdd",
        "TransferMod",
        "TransferQuery",
        "GeneralSummaryReportQuery",
        "JobReportQuery",
        "TimeReportQuery",
        "AgingReportQuery",
        "BudgetSummaryReportQuery",
        "GeneralDetailReportQuery",
        "CustomDetailReportQuery",
        "CustomSummaryReportQuery",
        "PayrollDetailReportQuery",
        "PayrollSummaryReportQuery",
        "DataExtDefAdd",
        "DataExtDefMod",
        "DataExtDefDel",
        "DataExtDefQuery",
        "DataExtAdd",
        "DataExtMod",
        "DataExtDel",
    ]
)

"""Names, firms and titles of the second family of data sets; nothing here is shared with the first.

First names are written `formal/short/short`, most frequent first; everybody is invented.
"""

from __future__ import annotations

GIVEN = """
James/Jim/Jimmy John/Jack/Johnny Robert/Bob/Rob Michael/Mike David/Dave William/Bill/Will
Maria Jennifer/Jen/Jenny Linda Patricia/Pat/Trish Elizabeth/Liz/Beth/Betsy Barbara/Barb Susan/Sue
Jessica/Jess Sarah Karen Joseph/Joe Thomas/Tom Christopher/Chris Daniel/Dan Matthew/Matt
Anthony/Tony Mark Donald/Don Steven/Steve Paul Andrew/Andy/Drew Joshua/Josh Kenneth/Ken Kevin
Brian Bryan Timothy/Tim Ronald/Ron Edward/Ed/Eddie Jason Jeffrey/Jeff Ryan Jacob/Jake Nicholas/Nick
Gary Eric Erik Erica Erika Jonathan/Jon Stephen/Steve Larry Justin Scott Brandon Benjamin/Ben
Samuel/Sam Samantha/Sam Gregory/Greg Frank Alexander/Alex Alexandra/Alex Raymond/Ray Patrick/Pat
Jack Dennis Jerry Tyler Aaron Jose Adam Nathan/Nate Henry/Hank Zachary/Zach Douglas/Doug Peter/Pete
Kyle Noah Ethan Jeremy Walter/Walt Christian Keith Roger Terry Austin Sean Shawn Gerald/Jerry Carl
Harold/Hal Dylan Arthur/Art Lawrence/Larry Jordan Jesse Bruce Billy Gabriel/Gabe Joe Logan Albert/Al
Willie Alan Allen Juan Juana Wayne Elijah Randy Roy Vincent/Vince Ralph Eugene/Gene Russell/Russ
Nancy Lisa Betty Sandra/Sandy Margaret/Maggie/Peggy Ashley Kimberly/Kim Emily Donna Michelle
Carol Amanda/Mandy Melissa Deborah/Deb/Debbie Stephanie/Steph Rebecca/Becky Sharon Laura Cynthia/Cindy
Dorothy Amy Kathleen/Kathy Angela/Angie Shirley Emma Brenda Pamela/Pam Nicole/Nikki Anna Ana Ann Anne
Katherine/Kate/Kathy Christine/Chris/Tina Christina/Tina Debra/Deb Rachel Carolyn Janet Virginia/Ginny
Catherine/Cathy Heather Diane Julie Julia Joyce Victoria/Vicky Kelly Joan Joanne Evelyn Lauren Judith/Judy
Olivia Frances/Fran Martha Cheryl Megan Andrea Hannah Jacqueline/Jackie Jean Alice Kathryn/Kathy Gloria
Teresa/Terri Theresa/Terri Doris Sara Janice Madison Marie Grace Danielle/Dani Daniela Mario Marisol
Guadalupe/Lupe Francisco/Paco Jesus/Chuy Rafael/Rafa Xiomara Ximena Ngoc Phuong Tuan Quang Xiaoyu Yifan
Siddharth Lakshmi Arjun Divya Rohan Neha Adaeze Chinonso Ngozi Olumide Kwame Abena Mohammed/Mo Ibrahim
Yasmin Zainab Mikhail/Misha Svetlana/Lana Oksana Katarzyna/Kasia Zbigniew Jürgen Søren François Hélène
Björn Małgorzata Begoña Íñigo Thaïs Mary-Kate Jean-Luc DeAndre LaToya D'Andre
"""

FAMILY = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez
Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark
Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams
Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker
Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper
Peterson Bailey Reed Reid Kelly Kelley Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood Woods
James Bennett Gray Grey Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Meyer Meyers Meier
Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Barns
Gonzales Fisher Fischer Vasquez Vazquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds
Griffin Wallace West Cole Hayes Hays Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Stephens Murray
Ford Castro Marshall Owens Harrison Fernandez McDonald MacDonald Woodward Washington Kennedy Wells Vargas
Henry Chen Cheng Chan Freeman Webb Tucker Guzman Burns Byrnes Crawford Olson Olsen Simpson Porter Hunter
Gordon Mendez Silva Silvia Shaw Snyder Snider Mason Dixon Munoz Muñoz Hunt Hicks Holmes Palmer Wagner Black
Robertson Boyd Stone Salazar Fox Warren Mills Meijer Rice Schmidt Schmitt Garza Daniels Ferguson Nichols
Stephenson Stevenson Soto Weaver Ryan Gardner Gardiner Payne Grant Dunn Dunne Kelleher Spencer Hawkins Arnold
Pierce Pearce Hansen Hanson Peters Santos Hart Hartt Bradley Knight Elliott Elliot Cunningham Duncan
Armstrong Hudson Carroll Lane Riley Reilly Andrews Alvarado Ray Delgado Berry Perkins Hoffman Hoffmann
Johnston Johnstone Matthews Mathews Pena Richards Contreras Willis Carpenter Lawrence Sandoval Guerrero George
Chapman Rios Estrada Ortega Watkins Greene Nunez Wheeler Valdez Harper Burke Larson Larsen Santiago
Maldonado Morrison Franklin Carlson Carlsen Austin Dominguez Carr Lawson Jacobs Jacobson O'Brien O'Connell
St.John De-La-Torre Van-Dyke Del-Rio Di-Salvo Le-Blanc Le Fitz-Gerald García-Márquez Ruiz-Ochoa Ó-Súilleabháin
"""

STEMS = "Abern Berk Chud Dombr Ester Fried Grun Hav Iver Jask Kov Lem Mazur Niv Orlo Petr Rosen Stan Tolm Ulr Vost Wisn Yar Zieg"
ENDINGS = "owski enko adze heimer sson quist ovic akis oglu escu berger mann inski ayan eira ucci one etti wicz ley worth"

PLACES = (
    "Akron Bexley Canton Dublin Elyria Findlay Gahanna Hilliard Ironton Kettering Lorain Marietta "
    "Newark Oberlin Piqua Ravenna Sandusky Toledo Urbana Vandalia Westerville Xenia Youngstown "
    "Zanesville Ashland Boone Clermont Defiance Erie Fayette Guernsey Hocking"
)
TRADES = """
Hospital|Medical Center|Health System|Clinic|Rehabilitation Institute|Children's Hospital|Nursing Home|
Senior Living|Dialysis Center|Pharmacy Services|Manufacturing|Plastics|Tool & Die|Machine Works|
Foundry|Automotive|Aerospace|Food Processing|Brewing Company|Dairy|Logistics|Freight|Warehousing|
Distribution Center|Supply Company|Insurance|Savings Bank|Credit Union|Mortgage|Accounting Group|Law Offices|
Software|Technologies|Data Services|Communications|Engineering|Construction|Builders|Electric|Utilities|
Public Schools|Community College|University|Library|Transit Authority|Department of Health|Retail Group|
Hotels & Resorts|Catering|Property Management|Environmental Services|Laboratories
"""
FORMS = (
    "",
    "",
    "",
    ", Inc.",
    " Inc.",
    " LLC",
    ", L.L.C.",
    " Corp.",
    " Corporation",
    " Co.",
    ", Ltd.",
    " LP",
)
SITES = (
    "North",
    "South",
    "East",
    "West",
    "Downtown",
    "Campus",
    "Plant 1",
    "Plant 2",
    "Main",
    "Annex",
)
BRIEF = {
    "Hospital": ("Hosp", "Hosp."), "Medical": ("Med",), "Center": ("Ctr", "Cntr"), "System": ("Sys",),
    "Rehabilitation": ("Rehab",), "Children's": ("Childrens", "Child"), "Manufacturing": ("Mfg", "Manuf"),
    "Services": ("Svcs", "Svc", "Serv"), "Company": ("Co",), "Distribution": ("Dist", "Distrib"),
    "Insurance": ("Ins",), "Group": ("Grp",), "Technologies": ("Tech", "Techs"), "University": ("Univ", "U"),
    "Construction": ("Constr", "Const"), "Engineering": ("Engr", "Eng"), "Department": ("Dept", "Dept."),
    "Management": ("Mgmt", "Mgt"), "Community": ("Comm",), "Laboratories": ("Labs", "Lab"), "Authority": ("Auth",),
    "Environmental": ("Env", "Envir"), "Communications": ("Comm", "Comms"), "Machine": ("Mach",),
    "Institute": ("Inst",), "Property": ("Prop",), "North": ("N", "No."), "South": ("S",), "East": ("E",),
    "West": ("W",), "Downtown": ("DT",), "Electric": ("Elec",), "Accounting": ("Acctg",), "Public": ("Pub",),
}  # fmt: skip
# as the back office writes it, then as bookkeepers do
POSTS = {
    "Registered Nurse - Med/Surg": ("RN", "RN Med Surg", "MS RN"), "Registered Nurse - ER": ("RN", "ER RN"),
    "Licensed Practical Nurse": ("LPN",), "Patient Care Technician": ("PCT", "Pt Care Tech"),
    "Respiratory Therapist": ("RT", "Resp Ther"), "Radiology Technologist": ("Rad Tech", "XRay"),
    "Medical Coder": ("Coder", "Med Coder"), "Dietary Aide": ("Dietary", "Diet Aide"),
    "Assembler I": ("Assembler", "Assy"), "Assembler II": ("Assembler 2", "Assy II"),
    "Press Operator": ("Press Op", "Press Oper"), "Tool and Die Maker": ("Tool & Die", "T&D"),
    "Material Handler": ("Mat Handler", "Matl Hndlr"), "Shipping Clerk": ("Shipping", "Ship Clk"),
    "Truck Driver CDL-A": ("CDL A", "Driver"), "Order Picker": ("Picker",), "Sanitation Worker": ("Sanitation",),
    "Payroll Specialist": ("Payroll", "Payroll Spec"), "Senior Accountant": ("Sr Acct", "Sr. Accountant"),
    "Accounts Receivable Specialist": ("AR Spec", "A/R"), "Executive Assistant": ("EA", "Exec Asst"),
    "Data Entry Clerk": ("Data Entry", "DE Clerk"), "Help Desk Analyst": ("Help Desk", "HD Analyst"),
    ".NET Developer": (".NET Dev", "Dev"), "QA Tester": ("QA", "Tester"), "Scrum Master": ("Scrum", "SM"),
    "Systems Administrator": ("Sys Admin", "SysAdmin"), "Mechanical Engineer": ("Mech Engr", "ME"),
    "Substitute Teacher": ("Sub Teacher", "Sub"), "Paraprofessional": ("Para",), "Line Cook": ("Cook",),
    "Housekeeper": ("Hskpg", "Housekeeping"), "HVAC Technician": ("HVAC", "HVAC Tech"), "Electrician": ("Elec",),
}  # fmt: skip
